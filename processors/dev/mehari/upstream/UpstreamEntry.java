package dev.mehari.upstream;

import dev.mehari.upstream.UpstreamStore.Failed;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stored upstream, as operators see it.
 *
 * @param declared true when the declarative file brought it, and takes it away once it is not there any more
 * @param failed null unless it is marked as failed
 */
public record UpstreamEntry(
        long id,
        UpstreamFields fields,
        boolean declared,
        @Nullable Failed failed,
        Instant createdAt,
        Instant updatedAt) {}
