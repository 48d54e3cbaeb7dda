package dev.mehari.capture;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which captures to find; null stands for any.
 *
 * @param to not included
 * @param after where the page before has ended
 */
public record CaptureQuery(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Long keyId,
        @Nullable String requestId,
        @Nullable CapturePosition after,
        int limit) {}
