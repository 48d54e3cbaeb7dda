package dev.mehari.upstream;

import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where upstreams, their failed state and what happened to them are kept, for all instances. Methods block. */
public interface UpstreamStore {
    /** All that are enabled. */
    List<Upstream> load() throws StorageUnavailable;

    /** Those marked as failed. */
    List<Failed> failed() throws StorageUnavailable;

    /** Marks an upstream as failed, with an event, unless it is; all instances hear of it. */
    void markFailed(String upstream, String reason) throws StorageUnavailable;

    /** Takes the mark away, with an event {@code recovered}, if it is there; all instances hear of it. */
    void markRecovered(String upstream) throws StorageUnavailable;

    /** Writes events down. */
    void note(List<Event> events) throws StorageUnavailable;

    /** An upstream that is marked as failed. */
    record Failed(String upstream, String reason, Instant since) {}

    /**
     * Something that an operator should be able to look up.
     *
     * @param what in snake case: {@code switched}, {@code failed}, {@code recovered}, {@code benched}, {@code returned},
     *     {@code banned}, {@code refreshed}, {@code refresh_failed}, {@code breaker_opened}, {@code breaker_closed}
     * @param credential its name; null when it is about the whole upstream
     * @param detail without anything secret
     */
    record Event(Instant at, String upstream, @Nullable String credential, String what, String detail) {}
}
