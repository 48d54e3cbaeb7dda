package dev.mehari.audit;

import dev.mehari.answer.EndedCall.Outcome;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which sums to make. What is null does not matter.
 *
 * @param from first hour or day, by its beginning
 * @param to before this one
 * @param keyId 0 for calls without a valid key
 * @param by what to keep apart
 */
public record RollUpQuery(
        Span span,
        Instant from,
        Instant to,
        @Nullable Long keyId,
        @Nullable String upstream,
        @Nullable String model,
        @Nullable Outcome outcome,
        Set<Part> by) {
    /** Sums in one answer; what is older is left out. */
    public static final int MOST = 5_000;

    public RollUpQuery {
        by = Set.copyOf(by);
    }

    /** What one sum is of. */
    public enum Span {
        HOUR,
        DAY
    }

    /** What sums can be kept apart by. */
    public enum Part {
        KEY,
        UPSTREAM,
        MODEL,
        OUTCOME
    }
}
