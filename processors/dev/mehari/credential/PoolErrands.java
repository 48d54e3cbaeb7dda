package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Turn;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches for groups what they use up: turns, shares of daily quotas, tokens. Never under a group's lock. For any thread. */
final class PoolErrands {
    private static final Logger LOG = LoggerFactory.getLogger(PoolErrands.class);

    /** How long a bench that is over is kept for a trial call. */
    private static final Duration KEPT = Duration.ofDays(1);

    private final CredentialStore store;
    private final Executor blocking;
    private final TokenRefresher refresher;
    private final Clock clock;
    private final Runnable arrived;
    private final Faults faults = new Faults();

    /** @param arrived told when something has, that calls may wait for */
    PoolErrands(CredentialStore store, Executor blocking, TokenRefresher refresher, Clock clock, Runnable arrived) {
        this.store = store;
        this.blocking = blocking;
        this.refresher = refresher;
        this.clock = clock;
        this.arrived = arrived;
    }

    /** What a group wants of the store for one of its members. */
    private record Quota(LiveCredential of, long calls, long day) {}

    /**
     * Begins to fetch what {@code group} wants now; returns at once.
     *
     * @param needsToken true when a call found nothing usable there, so that tokens that are missing should be asked for
     */
    void run(CredentialGroup group, boolean needsToken) {
        if (!group.hasErrands()) {
            return;
        }
        long now = clock.millis();
        boolean wantsTurns;
        List<Quota> quotas = new ArrayList<>(0);
        List<LiveCredential> tokens = new ArrayList<>(0);
        synchronized (group) {
            wantsTurns = group.rotates() && group.rotation().wantsTurns(now);
            for (LiveCredential one : group.members()) {
                long quota = one.credential().dailyQuota();
                long calls = quota > 0 && one.isEnabled() ? one.quota().wanted(quota, now) : 0;
                if (calls > 0) {
                    quotas.add(new Quota(one, calls, one.quota().day()));
                }
                if (needsToken && one.asksForToken(now)) {
                    tokens.add(one);
                }
            }
        }
        if (wantsTurns) {
            begin(() -> fetchTurns(group), () -> turnsFailed(group));
        }
        for (Quota quota : quotas) {
            begin(() -> fetchQuota(group, quota, now), () -> quotaFailed(group, quota.of()));
        }
        tokens.forEach(one -> fetchToken(group, one));
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, it is tried again
    private void begin(Runnable work, Runnable failed) {
        try {
            blocking.execute(work);
        } catch (RejectedExecutionException full) {
            LOG.debug("No thread is free for an errand of the pool; trying again", full);
            failed.run();
        } catch (RuntimeException fault) {
            faults.note("Beginning an errand of the pool", fault);
            failed.run();
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, it is tried again
    private void fetchTurns(CredentialGroup group) {
        int calls;
        int turns;
        synchronized (group) {
            calls = group.rotation().calls();
            turns = group.rotation().turns();
        }
        try {
            List<Turn> next = store.takeTurns(group.upstream(), calls, turns);
            synchronized (group) {
                group.rotation().arrived(next);
            }
        } catch (StorageUnavailable | RuntimeException failure) {
            LOG.warn("The next turns of {} cannot be fetched; going on alone", group.upstream(), failure);
            turnsFailed(group);
        }
        arrived.run();
        run(group, false);
    }

    private void turnsFailed(CredentialGroup group) {
        synchronized (group) {
            group.rotation().failed(clock.millis());
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, it is tried again
    private void fetchQuota(CredentialGroup group, Quota quota, long askedAt) {
        LiveCredential one = quota.of();
        try {
            long got = store.takeQuota(one.id(), quota.calls(), Instant.ofEpochMilli(askedAt));
            synchronized (group) {
                one.quota().arrived(got, clock.millis(), quota.day());
            }
        } catch (StorageUnavailable | RuntimeException failure) {
            LOG.warn("What is left of the quota of credential {} cannot be asked", one.id(), failure);
            quotaFailed(group, one);
        }
        arrived.run();
    }

    private void quotaFailed(CredentialGroup group, LiveCredential one) {
        synchronized (group) {
            one.quota().failed(clock.millis());
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, it is tried again
    private void fetchToken(CredentialGroup group, LiveCredential one) {
        try {
            refresher.refresh(one.id(), () -> {
                refreshed(group, one);
                arrived.run();
            });
        } catch (RuntimeException fault) {
            faults.note("Asking for a token", fault);
            refreshed(group, one);
        }
    }

    private void refreshed(CredentialGroup group, LiveCredential one) {
        synchronized (group) {
            one.refreshed(clock.millis());
        }
    }

    /** Forgets benches that ended a day ago: nobody has called what they are for since. Returns at once. */
    void forgetBenches() {
        begin(this::forget, () -> LOG.debug("Benches that ended long ago are forgotten later"));
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, it is tried again
    private void forget() {
        try {
            store.forgetBenches(clock.instant().minus(KEPT));
        } catch (StorageUnavailable | RuntimeException failure) {
            LOG.debug("Benches that ended long ago cannot be forgotten now", failure);
        }
    }

    /** Gives back what {@code group} has not used. Blocks. */
    void giveBack(CredentialGroup group) {
        List<Turn> turns;
        LiveCredential[] members;
        synchronized (group) {
            turns = group.rotation().takeRest();
            members = group.members();
        }
        try {
            if (!turns.isEmpty()) {
                store.giveBackTurns(group.upstream(), turns);
            }
            for (LiveCredential one : members) {
                long rest;
                synchronized (group) {
                    rest = one.quota().takeRest(clock.millis());
                }
                if (rest > 0) {
                    long none = store.takeQuota(one.id(), -rest, clock.instant());
                    LOG.debug("Gave {} calls of credential {} back, {} are left", rest, one.id(), none);
                }
            }
        } catch (StorageUnavailable away) {
            LOG.warn("Turns and quotas that were not used cannot be given back; they count as used", away);
        }
    }
}
