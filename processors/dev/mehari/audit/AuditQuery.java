package dev.mehari.audit;

import dev.mehari.answer.EndedCall;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events to find, newest first. What is null does not matter.
 *
 * @param from events that ended then or later
 * @param to events that ended before
 * @param keyId 0 for calls without a valid key
 * @param after those that come behind it, in the order of the answer
 * @param limit how many, at least 1
 */
public record AuditQuery(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Long keyId,
        @Nullable String upstream,
        @Nullable Long credentialId,
        @Nullable String model,
        @Nullable StatusRange status,
        EndedCall.@Nullable Outcome outcome,
        @Nullable String requestId,
        @Nullable String traceId,
        @Nullable AuditPosition after,
        int limit) {
    /** Every event, the newest {@code limit} of them. */
    public static AuditQuery newest(int limit) {
        return new AuditQuery(null, null, null, null, null, null, null, null, null, null, null, limit);
    }
}
