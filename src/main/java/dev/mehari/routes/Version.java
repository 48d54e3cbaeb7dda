package dev.mehari.routes;

import java.time.Instant;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One state of all files together: which route stands behind which entry. Counts the journeys on it, so that it is taken down
 * when the last has ended and not before. Any thread.
 */
final class Version {
    private final int number;
    private final Instant loadedAt;
    private final Map<String, LoadedFile> files;
    private final IdentityHashMap<Entry, LiveRoute> routes = new IdentityHashMap<>();
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private volatile boolean closed;

    Version(int number, Instant loadedAt, Map<String, LoadedFile> files) {
        this.number = number;
        this.loadedAt = loadedAt;
        this.files = Map.copyOf(files);
        files.values().forEach(file -> file.routes().forEach(route -> routes.put(route.entry(), route)));
    }

    int number() {
        return number;
    }

    Instant loadedAt() {
        return loadedAt;
    }

    Map<String, LoadedFile> files() {
        return files;
    }

    Collection<LiveRoute> routes() {
        return routes.values();
    }

    /** Null when this version has none there. */
    @Nullable
    LiveRoute behind(Entry entry) {
        return routes.get(entry);
    }

    /** Null when no journey may begin here any more. */
    @Nullable
    Journey begin(Exchange exchange) {
        begun.increment();
        if (closed) {
            ended.increment();
            return null;
        }
        return new Journey(this, exchange);
    }

    /**
     * Of what one of its own routes sends by itself, such as a group that it has gathered, and of what waits for one that no newer
     * version has; also when no other may begin here.
     */
    Journey goOn(Exchange exchange) {
        begun.increment();
        return new Journey(this, exchange);
    }

    void journeyEnded() {
        ended.increment();
    }

    /** No journey begins from now on. */
    void close() {
        closed = true;
    }

    /** Never below what it is; exactly that once this is closed. What has ended is read first, or one could be missed. */
    long underWay() {
        long gone = ended.sum();
        return Math.max(0, begun.sum() - gone);
    }
}
