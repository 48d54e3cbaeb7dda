package dev.mehari.caller;

import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes the first use of keys whose expiry counts from there, beside the request, which does not wait for it. What cannot be
 * written now (the database is away, its threads are busy) is tried again with the key's next use, with the time of the
 * first. Any thread.
 */
public final class FirstUses {
    private static final Logger LOG = LoggerFactory.getLogger(FirstUses.class);
    /** Far more keys than wait for their first use at once; beyond, the next use is taken for the first. */
    private static final int MOST_REMEMBERED = 10_000;

    private final KeyStore store;
    private final Executor blocking;
    private final Map<KeyHash, Instant> notWritten = new ConcurrentHashMap<>();
    private final Map<KeyHash, Boolean> underWay = new ConcurrentHashMap<>();

    /** Writes on {@code blocking}. */
    public FirstUses(KeyStore store, Executor blocking) {
        this.store = store;
        this.blocking = blocking;
    }

    /** The key was used at {@code now} and is not known to have been before. */
    void note(KeyHash hash, Instant now) {
        if (underWay.putIfAbsent(hash, true) != null) {
            return;
        }
        Instant first = notWritten.getOrDefault(hash, now);
        try {
            blocking.execute(() -> write(hash, first));
        } catch (RejectedExecutionException full) {
            LOG.debug("The first use of a key is written later", full);
            later(hash, first);
        }
    }

    @SuppressWarnings("IllegalCatch") // the key stays usable whatever fails; the next use tries again
    private void write(KeyHash hash, Instant first) {
        try {
            store.activate(hash, first);
            notWritten.remove(hash);
            underWay.remove(hash);
        } catch (StorageUnavailable | RuntimeException failure) {
            LOG.debug("The first use of a key is written later", failure);
            later(hash, first);
        }
    }

    private void later(KeyHash hash, Instant first) {
        if (notWritten.size() < MOST_REMEMBERED) {
            notWritten.putIfAbsent(hash, first);
        }
        underWay.remove(hash);
    }
}
