package dev.mehari.capture;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.CallRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A call whose bodies are kept.
 *
 * @param at when it ended, in whole microseconds
 * @param requestId clients choose it, so that several calls may have the same
 * @param upstream where it went last; null when it went nowhere
 * @param model null when it named none
 * @param status that the caller got, 0 when it got none
 * @param ending how the call ended: what was kept of an answer that is not complete is what was sent of it
 * @param firstByteMillis until the answer's head; -1 when it never came so far
 */
public record CapturedCall(
        Instant at,
        String requestId,
        long keyId,
        @Nullable String upstream,
        @Nullable String model,
        int status,
        EndedCall.Outcome outcome,
        CallRecord.End ending,
        long firstByteMillis,
        long totalMillis,
        BodyFacts request,
        BodyFacts answer) {}
