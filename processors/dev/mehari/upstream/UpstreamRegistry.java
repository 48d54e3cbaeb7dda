package dev.mehari.upstream;

import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamStore.Event;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stored upstreams, as operators administer them; all instances hear of each change. Methods block. */
public interface UpstreamRegistry {
    /** What to make of an upstream. */
    @FunctionalInterface
    interface Edit {
        UpstreamFields apply(UpstreamFields before) throws InvalidField;
    }

    /** All, also disabled ones, by name. */
    List<UpstreamEntry> list() throws StorageUnavailable;

    Optional<UpstreamEntry> get(String name) throws StorageUnavailable;

    UpstreamChange create(UpstreamFields fields) throws StorageUnavailable;

    /** Changes one while nobody else does. */
    UpstreamChange edit(String name, Edit edit) throws InvalidField, StorageUnavailable;

    /** Removes one with its credentials. */
    UpstreamChange delete(String name) throws StorageUnavailable;

    /**
     * What has happened, latest first.
     *
     * @param upstream of this one only; null for all
     * @param most at least 1
     */
    List<Event> events(@Nullable String upstream, int most) throws StorageUnavailable;
}
