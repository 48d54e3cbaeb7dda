package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Turn;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches for groups what they use up: turns, shares of daily quotas, tokens. Never under a group's lock. For any thread. */
final class PoolErrands {
    private static final Logger LOG = LoggerFactory.getLogger(PoolErrands.class);

    private final CredentialStore store;
    private final Executor blocking;
    private final TokenRefresher refresher;
    private final Clock clock;
    private final Runnable arrived;

    /** @param arrived told when something has, that calls may wait for */
    PoolErrands(CredentialStore store, Executor blocking, TokenRefresher refresher, Clock clock, Runnable arrived) {
        this.store = store;
        this.blocking = blocking;
        this.refresher = refresher;
        this.clock = clock;
        this.arrived = arrived;
    }

    /** Begins to fetch what {@code group} wants now; returns at once. */
    void run(CredentialGroup group) {
        if (!group.hasErrands()) {
            return;
        }
        long now = clock.millis();
        boolean wantsTurn;
        LiveCredential[] members;
        synchronized (group) {
            members = group.members();
            wantsTurn = group.rotates() && group.rotation().wantsTurn(now);
        }
        if (wantsTurn) {
            begin(() -> fetchTurn(group), () -> turnFailed(group));
        }
        for (LiveCredential one : members) {
            Credential credential = one.credential();
            if (credential.dailyQuota() > 0) {
                fetchQuota(group, one, now);
            }
            if (credential.kind() == Credential.Kind.OAUTH) {
                fetchToken(group, one, now);
            }
        }
    }

    private void begin(Runnable work, Runnable failed) {
        try {
            blocking.execute(work);
        } catch (RejectedExecutionException full) {
            LOG.debug("No thread is free to fetch turns or quotas; trying again", full);
            failed.run();
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, it is tried again
    private void fetchTurn(CredentialGroup group) {
        int calls;
        synchronized (group) {
            calls = group.rotation().calls();
        }
        try {
            Turn turn = store.takeTurn(group.upstream(), calls);
            synchronized (group) {
                group.rotation().arrived(turn);
            }
        } catch (StorageUnavailable | RuntimeException failure) {
            LOG.warn("The next turn of {} cannot be fetched; going on alone", group.upstream(), failure);
            turnFailed(group);
        }
        arrived.run();
        run(group);
    }

    private void turnFailed(CredentialGroup group) {
        synchronized (group) {
            group.rotation().failed(clock.millis());
        }
    }

    private void fetchQuota(CredentialGroup group, LiveCredential one, long now) {
        long calls;
        long day;
        synchronized (group) {
            calls = one.isEnabled() ? one.quota().wanted(one.credential().dailyQuota(), now) : 0;
            day = one.quota().day();
        }
        if (calls > 0) {
            begin(() -> fetchQuota(group, one, calls, day, now), () -> quotaFailed(group, one));
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, it is tried again
    private void fetchQuota(CredentialGroup group, LiveCredential one, long calls, long day, long askedAt) {
        try {
            long got = store.takeQuota(one.id(), calls, Instant.ofEpochMilli(askedAt));
            synchronized (group) {
                one.quota().arrived(got, clock.millis(), day);
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

    private void fetchToken(CredentialGroup group, LiveCredential one, long now) {
        boolean asks;
        synchronized (group) {
            asks = one.asksForToken(now);
        }
        if (asks) {
            refresher.refresh(one.id(), () -> {
                synchronized (group) {
                    one.refreshed(clock.millis());
                }
                arrived.run();
            });
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
            for (Turn turn : turns) {
                store.giveBackTurn(group.upstream(), turn.number(), turn.calls());
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
