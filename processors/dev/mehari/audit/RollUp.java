package dev.mehari.audit;

import dev.mehari.answer.EndedCall;
import dev.mehari.usage.TokenUsage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one hour or day, summed up. What they were not kept apart by is null.
 *
 * @param start of the hour or day (UTC)
 * @param upstream empty for calls that went nowhere
 * @param model empty for calls that named none or went nowhere
 * @param retries tries after the first
 * @param tokens of all calls; null parts do not exist
 * @param nanoDollars in 1/1,000,000,000 USD
 * @param queueMillis of calls that waited for a permit, all together
 * @param durations how long calls took
 */
public record RollUp(
        Instant start,
        @Nullable Long keyId,
        @Nullable String upstream,
        @Nullable String model,
        EndedCall.@Nullable Outcome outcome,
        long calls,
        long retries,
        Tokens tokens,
        long nanoDollars,
        long requestBytes,
        long responseBytes,
        long queueMillis,
        long queued,
        long firstByteMillis,
        long firstBytes,
        Durations durations) {
    /** Sums of {@link TokenUsage}, without its bound. */
    public record Tokens(long input, long cachedInput, long cacheWrite, long output, long reasoning, long estimated) {}
}
