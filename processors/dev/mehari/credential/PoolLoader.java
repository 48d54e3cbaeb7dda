package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the stores have into the pool: at start, and again whenever they have changed; where only benches have, it
 * reads no credentials, which have to be deciphered. Changes that come while one is being read are read together afterwards. What cannot be read while the database is away is read with the next change or
 * {@link #retry}. For any thread.
 */
public final class PoolLoader {
    private static final Logger LOG = LoggerFactory.getLogger(PoolLoader.class);

    private final CredentialPool pool;
    private final CredentialStore store;
    private final BenchRuleStore rules;
    private final Executor blocking;
    private final Clock clock;
    private final Object turn = new Object();
    private boolean reading;
    private boolean changed;
    private boolean benched;

    /** @param blocking where the stores are read */
    public PoolLoader(
            CredentialPool pool, CredentialStore store, BenchRuleStore rules, Executor blocking, Clock clock) {
        this.pool = pool;
        this.store = store;
        this.rules = rules;
        this.blocking = blocking;
        this.clock = clock;
    }

    /** Reads all; one at a time, lest an older state win over a newer one. Blocks. */
    public void load() throws StorageUnavailable {
        synchronized (turn) {
            readAll();
        }
    }

    private void readAll() throws StorageUnavailable {
        pool.judgeBy(new BenchRules(rules.load()));
        var unwritten = pool.unwritten();
        // Benches last, so that none is missed of a credential that is there.
        var credentials = store.load();
        pool.reload(credentials, store.benches(clock.instant()), unwritten);
    }

    private void readBenches() throws StorageUnavailable {
        synchronized (turn) {
            var unwritten = pool.unwritten();
            pool.reloadBenches(store.benches(clock.instant()), unwritten);
        }
    }

    /** Something has changed; returns at once. */
    public void changed() {
        synchronized (this) {
            changed = true;
        }
        retry();
    }

    /** Benches have changed, and nothing else; returns at once. */
    public void benched() {
        synchronized (this) {
            benched = true;
        }
        retry();
    }

    /** Reads what has changed and could not be read yet; returns at once. */
    public void retry() {
        synchronized (this) {
            if (reading || !(changed || benched)) {
                return;
            }
            reading = true;
        }
        begin();
    }

    private void begin() {
        try {
            blocking.execute(this::read);
        } catch (RejectedExecutionException full) {
            LOG.debug("No thread is free to read credentials; trying again", full);
            synchronized (this) {
                reading = false;
            }
        }
    }

    private void ended(boolean all, boolean failed) {
        boolean again;
        synchronized (this) {
            again = (changed || benched) && !failed;
            changed |= failed && all;
            benched |= failed;
            reading = again;
        }
        if (again) {
            begin();
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, what was read before stays in force
    private void read() {
        boolean all;
        synchronized (this) {
            all = changed;
            changed = false;
            benched = false;
        }
        boolean failed = true;
        try {
            if (all) {
                load();
            } else {
                readBenches();
            }
            failed = false;
        } catch (StorageUnavailable | RuntimeException failure) {
            LOG.warn("Credentials have changed and cannot be read; going on with those that are known", failure);
        } finally {
            ended(all, failed);
        }
    }
}
