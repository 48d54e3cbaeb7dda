package dev.mehari.credential;

import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.credential.TokenStore.TokenState;
import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One credential's way to a new token, and who waits for it on this instance.
 *
 * <p>In the whole cluster one instance at a time refreshes a token: whoever claims it in the {@link TokenStore}, where nobody
 * holds a connection meanwhile. Who does not get the claim looks every 200 ms whether the winner is done, and tries itself
 * when the winner's claim has lapsed after 30 s. What was fetched is stored however long that takes, since the grant that it
 * replaces may be worth nothing by then.
 */
final class Refresh {
    private static final Logger LOG = LoggerFactory.getLogger(Refresh.class);

    static final Duration LOOK_EVERY = Duration.ofMillis(200);
    static final Duration STORE_EVERY = Duration.ofSeconds(1);
    /** Three claims; what has not ended by then is given up until somebody asks anew. */
    private static final int MOST_LOOKS = 450;

    @FunctionalInterface
    private interface Step {
        void run() throws StorageUnavailable;
    }

    private final TokenKeeper keeper;
    private final long credential;
    private final List<Runnable> waiting = new ArrayList<>();
    private long replacing = Long.MIN_VALUE;
    private int looks;

    Refresh(TokenKeeper keeper, long credential) {
        this.keeper = keeper;
        this.credential = credential;
    }

    long credential() {
        return credential;
    }

    /** @param version of a token that is to be replaced also if it is not due; negative for none */
    synchronized void join(long version, @Nullable Runnable then) {
        replacing = Math.max(replacing, version);
        if (then != null) {
            waiting.add(then);
        }
    }

    void start() {
        run(this::begin);
    }

    private void begin() throws StorageUnavailable {
        TokenState state = keeper.store().state(credential);
        boolean rests = state != null && state.isResting() && !isForced(state);
        if (state == null || !state.enabled() || !isWanted(state) || rests) {
            reloadAndEnd();
            return;
        }
        Grant grant;
        try {
            grant = keeper.store()
                    .claim(credential, state.version(), keeper.plan().claimEnd());
        } catch (IllegalStateException unreadable) {
            LOG.warn("The secret of credential {} cannot be read: {}", state.name(), unreadable.getMessage());
            conclude(state, new TokenAnswer.Later("unreadable_secret", null));
            return;
        }
        if (grant == null) {
            follow(state);
        } else if (grant.refreshToken().reveal().isBlank()) {
            conclude(state, withoutGrant(state));
        } else {
            keeper.endpoint()
                    .ask(grant)
                    .whenComplete((answer, failure) ->
                            conclude(state, answer == null ? new TokenAnswer.Later("no_answer", null) : answer));
        }
    }

    private boolean isWanted(TokenState state) {
        return isForced(state) || keeper.plan().isDue(state);
    }

    private synchronized boolean isForced(TokenState state) {
        return state.version() <= replacing;
    }

    // A token that was brought along without a grant serves for as long as it holds.
    private TokenAnswer withoutGrant(TokenState state) {
        return keeper.plan().isOver(state)
                ? new TokenAnswer.Refused("no_refresh_token")
                : new TokenAnswer.Later("no_refresh_token", RefreshPlan.LONGEST_REST);
    }

    /** Another one has the claim. */
    private void follow(TokenState state) {
        if (isGivenUp()) {
            end();
        } else {
            later(LOOK_EVERY, () -> run(() -> look(state.version())));
        }
    }

    private synchronized boolean isGivenUp() {
        looks++;
        return waiting.isEmpty() || looks > MOST_LOOKS;
    }

    private void look(long version) throws StorageUnavailable {
        TokenState state = keeper.store().state(credential);
        if (state == null || !state.enabled() || state.version() != version || state.isResting()) {
            reloadAndEnd();
        } else if (state.isClaimed()) {
            follow(state);
        } else {
            begin();
        }
    }

    private void conclude(TokenState state, TokenAnswer answer) {
        insist(answer.<Step>fold(
                fresh -> () -> {
                    keeper.store()
                            .store(credential, state.version(), keeper.plan().dated(fresh.tokens()));
                    keeper.failures().remove(credential);
                    keeper.log().refreshed(state);
                },
                refused -> () -> {
                    keeper.store().refused(credential, state.version(), refused.reason());
                    keeper.failures().remove(credential);
                    keeper.log().refused(state, refused.reason());
                },
                later -> {
                    int inARow = keeper.failures().merge(credential, 1, Integer::sum);
                    return () -> {
                        var notBefore = keeper.plan().tryAgain(inARow, later.retryAfter());
                        keeper.store().failed(credential, state.version(), later.reason(), notBefore);
                        keeper.log().failed(state, later.reason());
                    };
                }));
    }

    /** Does {@code step} until the store has taken it; those who wait do so for the first time only. */
    @SuppressWarnings("IllegalCatch") // a fault of ours must not leave anybody waiting
    private void insist(Step step) {
        try {
            keeper.blocking().execute(() -> {
                try {
                    step.run();
                    reloadAndEnd();
                } catch (StorageUnavailable away) {
                    LOG.debug("How a refresh ended cannot be stored; trying again", away);
                    insistLater(step);
                } catch (RuntimeException broken) {
                    LOG.error("How the refresh of credential {} ended cannot be stored", credential, broken);
                    end();
                }
            });
        } catch (RejectedExecutionException full) {
            LOG.debug("No thread is free to store how a refresh ended; trying again", full);
            insistLater(step);
        }
    }

    private void insistLater(Step step) {
        release();
        later(STORE_EVERY, () -> insist(step));
    }

    @SuppressWarnings("IllegalCatch") // a fault of ours must not leave anybody waiting
    private void run(Step step) {
        try {
            keeper.blocking().execute(() -> {
                try {
                    step.run();
                } catch (StorageUnavailable away) {
                    LOG.debug("A token cannot be refreshed now", away);
                    end();
                } catch (RuntimeException broken) {
                    LOG.error("Refreshing the token of credential {} failed", credential, broken);
                    end();
                }
            });
        } catch (RejectedExecutionException full) {
            LOG.debug("No thread is free to refresh a token", full);
            end();
        }
    }

    private void later(Duration wait, Runnable work) {
        if (!keeper.later(wait, work)) {
            end();
        }
    }

    private void reloadAndEnd() {
        try {
            keeper.reload().now();
        } catch (StorageUnavailable away) {
            LOG.debug("What was stored cannot be read; its notification comes later", away);
        } finally {
            end();
        }
    }

    void end() {
        keeper.ended(this);
        release();
    }

    /** Lets those who wait go on. */
    @SuppressWarnings("IllegalCatch") // one waiter's fault is not the others'
    void release() {
        List<Runnable> released;
        synchronized (this) {
            released = List.copyOf(waiting);
            waiting.clear();
        }
        for (Runnable then : released) {
            try {
                then.run();
            } catch (RuntimeException broken) {
                LOG.error("Going on after a refresh failed", broken);
            }
        }
    }
}
