package dev.mehari.audit;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one call. All text is safe to store and to show: see {@link AuditText}.
 *
 * @param atMicros when the call ended, in microseconds since 1970 (UTC)
 * @param request what was asked, by whom
 * @param way where it went
 * @param result how it ended
 * @param times how long it took
 * @param use what it used
 */
public record AuditEvent(long atMicros, Request request, Way way, Result result, Times times, Use use) {

    /**
     * What was asked, by whom.
     *
     * @param id {@code X-Request-Id} of the call
     * @param traceId 32 hex digits; null when it belongs to no trace
     * @param keyId of the caller's key; 0 for an anonymous caller and for one that showed no valid key
     * @param client address of the client by the rule in force; null where the rule hides it
     * @param method of HTTP
     * @param path without query
     * @param dialect that the path belongs to
     * @param model that the request names; null when it names none, or was refused before it was read
     * @param stream true when an event stream was asked for
     * @param conversation hash of the session; 0 when nothing is known of one
     */
    public record Request(
            String id,
            @Nullable String traceId,
            long keyId,
            @Nullable String client,
            String method,
            String path,
            Dialect dialect,
            @Nullable String model,
            boolean stream,
            long conversation) {}

    /**
     * Where a call went.
     *
     * @param upstream of the last try; null when none was made
     * @param credentialId of the last try; 0 when there was none
     * @param retries tries after the first
     */
    public record Way(@Nullable String upstream, long credentialId, int retries) {}

    /**
     * How a call ended.
     *
     * @param status sent to the client; 0 when none was
     * @param reason code of the failure that the client was told; null when the answer is the upstream's
     */
    public record Result(
            EndedCall.Outcome outcome, int status, @Nullable String reason) {}

    /**
     * How long a call took, in milliseconds from the head of its request on.
     *
     * @param queue waiting for a permit; -1 when it never came so far
     * @param firstByte until the answer's head; -1 when there was none
     * @param total until its end
     */
    public record Times(long queue, long firstByte, long total) {}

    /**
     * What a call used.
     *
     * @param requestBytes size of the request's body
     * @param responseBytes of answer handed to the client's connection
     * @param estimated true when a part of {@code tokens} is
     * @param nanoDollars in 1/1,000,000,000 USD
     */
    public record Use(long requestBytes, long responseBytes, TokenUsage tokens, boolean estimated, long nanoDollars) {}
}
