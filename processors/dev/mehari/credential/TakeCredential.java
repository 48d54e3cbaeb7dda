package dev.mehari.credential;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.Conversation;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamBody;
import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.upstream.Candidates;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes a place with one of the candidates, and a credential where that one has any; named {@code takeCredential} in the
 * routes. Sets {@code mehari.attempt}, {@code mehari.attempts}, {@code mehari.upstream} and
 * {@code mehari.upstream-credential}. Waits, without a thread, while all that could be used is busy.
 *
 * <p>Fails with {@link GatewayBusy}: {@code upstream_busy} when the wait was too long, {@code no_credential} when nothing is
 * usable, not even with an upstream that is left alone; when the call has been tried before, with the failure of that try instead. With {@link ClientGone} when the client
 * left meanwhile. What was answered to an earlier try is discarded as soon as another try begins.
 */
public final class TakeCredential extends AsyncProcessorSupport {
    private final CredentialPool pool;
    private final Duration patience;

    /** @param patience the longest wait for something that is busy */
    public TakeCredential(CredentialPool pool, Duration patience) {
        this.pool = pool;
        this.patience = patience;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        AttemptLog tried = log(exchange);
        List<Upstream> candidates = inOrder(exchange, candidates(exchange).upstreams(), tried);
        String model = model(exchange);
        Conversation conversation = conversation(exchange);
        Call call = Call.of(exchange);
        boolean waits = call != null && !patience.isZero();
        Taking taking = waits && pool.waiting().isWaitedFor(candidates, model)
                ? Taking.Busy.INSTANCE
                : pool.take(candidates, model, conversation, tried);
        if (call != null && waits && taking instanceof Taking.Busy) {
            new PatientCall(this, exchange, call, callback).start(candidates, model, conversation, tried);
            return false;
        }
        conclude(exchange, taking);
        callback.done(true);
        return true;
    }

    private static AttemptLog log(Exchange exchange) {
        if (exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log) {
            return log;
        }
        AttemptLog log = new AttemptLog();
        exchange.setProperty(ExchangeKeys.ATTEMPTS, log);
        return log;
    }

    /** After a failure that was the upstream's, not a credential's, others come first. */
    private static List<Upstream> inOrder(Exchange exchange, List<Upstream> candidates, AttemptLog tried) {
        if (candidates.size() < 2 || tried.attempts().isEmpty()) {
            return candidates;
        }
        AnsweredByUpstream answered = AnsweredByUpstream.in(failure(exchange));
        if (answered != null && answered.status() < 500) {
            return candidates;
        }
        List<Upstream> ordered = new ArrayList<>(candidates.size());
        candidates.stream().filter(one -> !tried.triedUpstream(one.name())).forEach(ordered::add);
        candidates.stream().filter(one -> tried.triedUpstream(one.name())).forEach(ordered::add);
        return ordered;
    }

    static Candidates candidates(Exchange exchange) {
        if (exchange.getProperty(ExchangeKeys.CANDIDATES) instanceof Candidates several) {
            return several;
        }
        Upstream only = (Upstream) exchange.getProperty(ExchangeKeys.UPSTREAM);
        return Candidates.only(Objects.requireNonNull(only, "chooseUpstream has to run before takeCredential"));
    }

    private static @Nullable String model(Exchange exchange) {
        return (String) exchange.getProperty(ExchangeKeys.MODEL);
    }

    private static @Nullable Conversation conversation(Exchange exchange) {
        return exchange.getProperty(ExchangeKeys.CONVERSATION) instanceof Conversation conversation
                ? conversation
                : null;
    }

    private static @Nullable Exception failure(Exchange exchange) {
        return exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    }

    CredentialPool pool() {
        return pool;
    }

    Duration patience() {
        return patience;
    }

    /** Leaves with the exchange what was taken, or why nothing was. */
    void conclude(Exchange exchange, Taking taking) {
        Exception refusal = orLeftAlone(exchange, taking)
                .fold(
                        attempt -> {
                            begin(exchange, attempt);
                            return null;
                        },
                        busy -> refusal(
                                exchange,
                                GatewayBusy.Reason.UPSTREAM_BUSY,
                                "All that this call could be sent with is busy; try again",
                                Duration.ofSeconds(1)),
                        retryAfter -> refusal(
                                exchange,
                                GatewayBusy.Reason.NO_CREDENTIAL,
                                "No credential for the upstream can be used now; try again later",
                                retryAfter));
        if (refusal != null) {
            exchange.setException(refusal);
        }
    }

    /** When nothing else is usable, also after a wait, an upstream that is left alone may be better than none. */
    private Taking orLeftAlone(Exchange exchange, Taking taking) {
        if (!(taking instanceof Taking.None)) {
            return taking;
        }
        List<Upstream> leftAlone = candidates(exchange).leftAlone();
        Taking last = leftAlone.isEmpty()
                ? taking
                : pool.take(leftAlone, model(exchange), conversation(exchange), log(exchange));
        return last instanceof Taking.Taken ? last : taking;
    }

    private static Exception refusal(
            Exchange exchange, GatewayBusy.Reason reason, String message, Duration retryAfter) {
        Exception before = failure(exchange);
        return log(exchange).attempts().isEmpty() || before == null
                ? new GatewayBusy(reason, message, retryAfter)
                : before;
    }

    private void begin(Exchange exchange, Attempt attempt) {
        AttemptLog log = log(exchange);
        if (!log.attempts().isEmpty()) {
            Exception before = failure(exchange);
            discard(AnsweredByUpstream.in(before));
            log.failedBefore(before);
            exchange.removeProperty(Exchange.EXCEPTION_CAUGHT); // lest a later look takes it for this try's
        }
        log.add(attempt);
        exchange.setProperty(ExchangeKeys.ATTEMPT, attempt);
        exchange.setProperty(ExchangeKeys.UPSTREAM, attempt.upstream());
        UpstreamCredential header = attempt.credential() == null
                ? attempt.upstream().credential()
                : attempt.credential().header();
        if (header == null) {
            exchange.removeProperty(ExchangeKeys.CREDENTIAL);
        } else {
            exchange.setProperty(ExchangeKeys.CREDENTIAL, header);
        }
        Call call = Call.of(exchange);
        if (call != null) {
            call.onEnd(attempt::end);
        }
    }

    private static void discard(@Nullable AnsweredByUpstream before) {
        if (before != null && before.answer().getBody() instanceof StreamBody stream) {
            stream.discard();
        }
    }
}
