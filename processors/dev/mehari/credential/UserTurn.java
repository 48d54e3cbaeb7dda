package dev.mehari.credential;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.GatewayBusy;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call's wait for its turn. After {@link #start} all happens on the call's executor, which is one thread.
 *
 * <p>A turn is reserved with some slack after it, a twentieth of the gap but at least 10 ms, and taken by at most that much too late, as seen from before it was asked
 * for; so turns of different instances keep the gap whatever the ways to the database and the timers take. One that would be
 * taken later is left, and another one reserved with twice the slack.
 */
final class UserTurn {
    private static final Logger LOG = LoggerFactory.getLogger(UserTurn.class);
    /** By how much less two messages may be apart when they arrive than when they were sent: the first one may connect. */
    private static final long MARGIN_NANOS = 5_000_000;

    private static final long LEAST_SLACK_NANOS = 10_000_000;
    /** Of the gap. A turn that is lost costs a whole gap, so that for a long one there is more time to take it. */
    private static final int SLACK_SHARE = 20;

    private static final int MOST_DOUBLINGS = 7;
    /** A database that takes longer counts as away. */
    private static final long PATIENCE_MILLIS = 2_000;

    private final Exchange exchange;
    private final Call call;
    private final Duration longest;
    private final AsyncCallback callback;
    private final LocalGaps.Line line;
    private final LongSupplier nanos;
    private final long credential;
    private final long gapNanos;
    private final long enteredNanos;
    private final UserGap turns;
    private final Runnable leave = this::leave;
    private int tries;
    private boolean isTold;
    private boolean isOver;
    private boolean hasLatest;
    private long latestNanos;
    private @Nullable Future<?> timer;

    UserTurn(
            Exchange exchange,
            Call call,
            Credential credential,
            Duration longest,
            AsyncCallback callback,
            UserGap turns,
            LocalGaps local,
            LongSupplier nanos) {
        this.exchange = exchange;
        this.call = call;
        this.longest = longest;
        this.callback = callback;
        this.turns = turns;
        this.nanos = nanos;
        this.credential = credential.id();
        line = local.of(this.credential);
        gapNanos = credential.userGap().toNanos() + MARGIN_NANOS;
        enteredNanos = nanos.getAsLong();
    }

    void start() {
        onExecutor(() -> {
            call.onClientGone(leave);
            reserve();
        });
    }

    private void reserve() {
        if (isOver) {
            return;
        }
        int number = ++tries;
        isTold = false;
        long slack = slack(number);
        long asked = nanos.getAsLong();
        timer = after(TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS), () -> unknown(number));
        turns.reserve(credential, Duration.ofNanos(gapNanos + slack), longest).whenComplete((wait, failure) -> {
            if (failure == null) {
                onExecutor(() -> told(number, asked, slack, wait));
            } else {
                LOG.debug(
                        "Nobody can tell when a person's message may be sent; this instance's own gap holds", failure);
                onExecutor(() -> unknown(number));
            }
        });
    }

    private long slack(int number) {
        long first = Math.max(LEAST_SLACK_NANOS, gapNanos / SLACK_SHARE);
        long most = Math.max(LEAST_SLACK_NANOS << MOST_DOUBLINGS, gapNanos);
        return Math.min(most, first << Math.min(MOST_DOUBLINGS, number - 1));
    }

    /** @param wait null when it is too long */
    private void told(int number, long asked, long slack, @Nullable Duration wait) {
        if (isTold || isOver || number != tries) {
            return;
        }
        isTold = true;
        cancelTimer();
        if (wait == null) {
            refuse();
            return;
        }
        hasLatest = true;
        latestNanos = asked + wait.toNanos() + slack;
        long turn = nanos.getAsLong() + wait.toNanos();
        if (turn - enteredNanos > longest.toNanos()) {
            refuse();
            return;
        }
        // In its own time, whoever was told first: turns of one credential are told in any order.
        line.reserved(turn, gapNanos);
        timer = after(turn - nanos.getAsLong(), this::send);
    }

    private void unknown(int number) {
        if (!isTold && !isOver && number == tries) {
            isTold = true;
            cancelTimer();
            hasLatest = false;
            long wanted = nanos.getAsLong();
            if (line.nextFrom(wanted) - enteredNanos > longest.toNanos()) {
                refuse();
            } else {
                timer = after(line.take(wanted, gapNanos) - nanos.getAsLong(), this::send);
            }
        }
    }

    // The turn before may have been late; then this one is, too.
    private void send() {
        if (isOver) {
            return;
        }
        long now = nanos.getAsLong();
        if (hasLatest && now - latestNanos > 0) {
            reserve();
            return;
        }
        long early = line.send(now, gapNanos);
        if (early > 0) {
            timer = after(early, this::send);
        } else {
            end(null);
        }
    }

    private void leave() {
        if (!isOver) {
            end(new ClientGone());
        }
    }

    private void refuse() {
        Exception before = failedBefore();
        if (before != null) {
            end(before);
            return;
        }
        end(new GatewayBusy(
                GatewayBusy.Reason.USER_QUEUE_TIMEOUT,
                "Too many messages wait for the account that this call would use; try again later.",
                Duration.ofSeconds(Math.max(1, longest.toSeconds()))));
    }

    /** How the try before this one has failed, which is what its client gets; null at the first. */
    private @Nullable Exception failedBefore() {
        return exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log ? log.failedBefore() : null;
    }

    private void end(@Nullable Exception failure) {
        isOver = true;
        cancelTimer();
        call.clearClientGone(leave);
        if (failure != null) {
            exchange.setException(failure);
        }
        callback.done(false);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private @Nullable Future<?> after(long waitNanos, Runnable work) {
        try {
            return call.executor().schedule(work, Math.max(0, waitNanos), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The gateway stops; nobody waits any more", stopping);
            leave();
            return null;
        }
    }

    private void onExecutor(Runnable next) {
        try {
            call.executor().execute(next);
        } catch (RejectedExecutionException stopping) {
            next.run();
        }
    }
}
