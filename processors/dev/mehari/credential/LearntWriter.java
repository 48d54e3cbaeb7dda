package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.CredentialStore.CredentialUse;
import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the store what the pool has learnt, beside the calls: one piece of work at a time, all that has gathered in it.
 * What cannot be written stays and is tried again with the next tick, merged with what came since, so that nothing is lost
 * while the database is away. For any thread.
 */
final class LearntWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LearntWriter.class);

    /** Of which bench something is to be written. */
    private record Key(long credential, String model) {}

    /** First the release, then the bench. */
    private record Change(
            @Nullable Instant released, @Nullable Bench bench) {}

    private final CredentialStore store;
    private final Executor blocking;
    private Map<Key, Change> changes = new LinkedHashMap<>();
    private final Map<Long, String> disabled = new LinkedHashMap<>();
    private Map<Long, CredentialUse> uses = new LinkedHashMap<>();
    private boolean writing;
    private boolean away;
    private @Nullable Set<Key> underWay;

    LearntWriter(CredentialStore store, Executor blocking) {
        this.store = store;
        this.blocking = blocking;
    }

    void bench(Bench bench) {
        synchronized (this) {
            changes.merge(new Key(bench.credential(), bench.model()), new Change(null, bench), LearntWriter::then);
        }
        write();
    }

    void release(Bench over) {
        synchronized (this) {
            changes.merge(new Key(over.credential(), over.model()), new Change(over.since(), null), LearntWriter::then);
        }
        write();
    }

    private static Change then(Change before, Change after) {
        Bench bench = before.bench();
        Instant released = later(before.released(), after.released());
        if (after.released() != null && bench != null && !bench.since().isAfter(after.released())) {
            bench = null;
        }
        if (bench == null || (after.bench() != null && after.bench().until().isAfter(bench.until()))) {
            bench = after.bench();
        }
        return new Change(released, bench);
    }

    private static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
        return a == null || (b != null && b.isAfter(a)) ? b : a;
    }

    void disable(long credential, String reason) {
        synchronized (this) {
            disabled.put(credential, reason);
        }
        write();
    }

    /** To be written with the next {@link #write}. */
    synchronized void add(CredentialUse use) {
        uses.merge(use.credential(), use, LearntWriter::sum);
    }

    private static CredentialUse sum(CredentialUse a, CredentialUse b) {
        return new CredentialUse(
                a.credential(),
                a.calls() + b.calls(),
                a.successes() + b.successes(),
                a.failures() + b.failures(),
                later(a.lastUsed(), b.lastUsed()),
                later(a.lastSuccess(), b.lastSuccess()),
                later(a.lastFailure(), b.lastFailure()),
                b.lastStatus() == 0 ? a.lastStatus() : b.lastStatus(),
                b.lastError() == null ? a.lastError() : b.lastError());
    }

    /** Models of {@code credential} whose benches are not in the store yet. */
    synchronized Set<String> unwritten(long credential) {
        Set<Key> keys = changes.keySet();
        Set<String> models = keys.stream()
                .filter(key -> key.credential() == credential)
                .map(Key::model)
                .collect(Collectors.toCollection(HashSet::new));
        if (underWay != null) {
            underWay.stream().filter(key -> key.credential() == credential).forEach(key -> models.add(key.model()));
        }
        return models;
    }

    /** All that the store is not told yet. */
    synchronized CredentialPool.Unwritten unwritten(Instant now) {
        Map<Long, Set<String>> benches = new HashMap<>();
        Set<Key> keys = new HashSet<>(changes.keySet());
        if (underWay != null) {
            keys.addAll(underWay);
        }
        keys.forEach(key ->
                benches.computeIfAbsent(key.credential(), id -> new HashSet<>()).add(key.model()));
        return new CredentialPool.Unwritten(now, benches, Set.copyOf(disabled.keySet()));
    }

    /** True while the store is not told yet to disable {@code credential}. */
    synchronized boolean disables(long credential) {
        return disabled.containsKey(credential);
    }

    /** Writes what there is, unless that is being done. */
    void write() {
        synchronized (this) {
            if (writing || (changes.isEmpty() && disabled.isEmpty() && uses.isEmpty())) {
                return;
            }
            writing = true;
        }
        boolean begun = false;
        try {
            blocking.execute(this::work);
            begun = true;
        } catch (RejectedExecutionException full) {
            LOG.debug("No thread is free to write down what was learnt of credentials; trying again", full);
        } finally {
            if (!begun) {
                synchronized (this) {
                    writing = false;
                }
            }
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, nothing is lost
    private void work() {
        boolean goesOn = false;
        try {
            writeAll();
            goesOn = true;
            if (away) {
                away = false;
                LOG.info("What was learnt of credentials is written again");
            }
        } catch (StorageUnavailable | RuntimeException failure) {
            if (!away) {
                LOG.warn("What was learnt of credentials cannot be written; trying again until it can", failure);
            }
            away = true;
        } finally {
            synchronized (this) {
                writing = false;
            }
        }
        if (goesOn) {
            write();
        }
    }

    private void writeAll() throws StorageUnavailable {
        writeChanges();
        writeDisabled();
        writeUses();
    }

    private void writeChanges() throws StorageUnavailable {
        Map<Key, Change> some;
        synchronized (this) {
            some = changes;
            changes = new LinkedHashMap<>();
            underWay = some.keySet();
        }
        boolean done = false;
        try {
            List<Bench> benches = new ArrayList<>();
            for (Map.Entry<Key, Change> one : some.entrySet()) {
                Instant released = one.getValue().released();
                if (released != null) {
                    store.release(one.getKey().credential(), one.getKey().model(), released);
                }
                if (one.getValue().bench() != null) {
                    benches.add(one.getValue().bench());
                }
            }
            if (!benches.isEmpty()) {
                store.bench(benches);
            }
            done = true;
        } finally {
            synchronized (this) {
                underWay = null;
                if (!done) {
                    Map<Key, Change> since = changes;
                    changes = some;
                    since.forEach((key, change) -> changes.merge(key, change, LearntWriter::then));
                }
            }
        }
    }

    private void writeDisabled() throws StorageUnavailable {
        Map<Long, String> some;
        synchronized (this) {
            some = Map.copyOf(disabled);
        }
        for (Map.Entry<Long, String> one : some.entrySet()) {
            store.disable(one.getKey(), one.getValue());
            synchronized (this) {
                disabled.remove(one.getKey(), one.getValue()); // only now, for who reads the store meanwhile
            }
        }
    }

    private void writeUses() throws StorageUnavailable {
        Map<Long, CredentialUse> some;
        synchronized (this) {
            some = uses;
            uses = new LinkedHashMap<>();
        }
        boolean done = false;
        try {
            if (!some.isEmpty()) {
                store.add(some.values());
            }
            done = true;
        } finally {
            if (!done) {
                synchronized (this) {
                    Map<Long, CredentialUse> since = uses;
                    uses = some;
                    since.forEach((id, use) -> uses.merge(id, use, LearntWriter::sum));
                }
            }
        }
    }

    /** Writes the last on the calling thread; what cannot be written is lost. Blocks. */
    void close() {
        try {
            writeAll();
        } catch (StorageUnavailable failure) {
            LOG.warn("What was learnt last of credentials cannot be written", failure);
        }
    }
}
