package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the stores have into the pool: at start, and again whenever they have changed. Changes that come while one is
 * being read are read together afterwards. What cannot be read while the database is away is read with the next change or
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

    /** Something has changed; returns at once. */
    public void changed() {
        synchronized (this) {
            changed = true;
            if (reading) {
                return;
            }
            reading = true;
        }
        begin();
    }

    /** Reads again if the last time failed; returns at once. */
    public void retry() {
        boolean again;
        synchronized (this) {
            again = changed && !reading;
        }
        if (again) {
            changed();
        }
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

    @SuppressWarnings("IllegalCatch") // whatever fails, what was read before stays in force
    private void read() {
        synchronized (this) {
            changed = false;
        }
        boolean failed = false;
        try {
            load();
        } catch (StorageUnavailable | RuntimeException failure) {
            failed = true;
            LOG.warn("Credentials have changed and cannot be read; going on with those that are known", failure);
        }
        boolean again;
        synchronized (this) {
            again = changed && !failed;
            changed |= failed;
            reading = again;
        }
        if (again) {
            begin();
        }
    }
}
