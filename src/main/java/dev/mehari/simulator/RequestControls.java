package dev.mehari.simulator;

import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one request asks of the simulator through its {@code X-Sim-*} headers; what it does not ask is as configured.
 *
 * <ul>
 *   <li>{@code X-Sim-Status: 503} answers with that status (400 to 599); 200 exempts from configured failures
 *   <li>{@code X-Sim-Fail-Times: 2} answers the first two requests with the same {@code X-Sim-Id} (else
 *       {@code X-Request-Id}) with {@code X-Sim-Status}, or 503, and later ones normally
 *   <li>{@code X-Sim-Retry-After: 3} adds {@code Retry-After} to a failure, as it stands
 *   <li>{@code X-Sim-Latency: 200} waits so many milliseconds before the answer
 *   <li>{@code X-Sim-Tokens-Per-Second: 50}, {@code X-Sim-Sse-Events: 10}, {@code X-Sim-Sse-Interval: 20} (ms)
 *   <li>{@code X-Sim-Cut-After: 3} resets the connection after so many events; 0 does so instead of answering
 *   <li>{@code X-Sim-Error-After: 3} ends the stream with an error event after so many events
 * </ul>
 *
 * @param status status to answer with; 0 leaves it to the settings
 * @param cutAfter events before the connection is reset; {@link Integer#MAX_VALUE} for never
 * @param errorAfter events before the error event; {@link Integer#MAX_VALUE} for never
 * @param failTimes how many requests with the same {@code failKey} fail; 0 for all that {@code status} concerns
 */
record RequestControls(
        Pace pace,
        int status,
        int cutAfter,
        int errorAfter,
        int failTimes,
        String failKey,
        @Nullable String retryAfter) {
    private static final String PREFIX = "x-sim-";
    private static final int NEVER = Integer.MAX_VALUE;

    static RequestControls none(Pace pace) {
        return new RequestControls(pace, 0, NEVER, NEVER, 0, "", null);
    }

    /** Returns {@code defaults} itself when the request asks for nothing. */
    static RequestControls of(HttpHeaders headers, RequestControls defaults) {
        if (!asks(headers)) {
            return defaults;
        }
        Pace pace = defaults.pace;
        String key = headers.get("x-sim-id");
        return new RequestControls(
                new Pace(
                        millis(headers, "x-sim-latency", pace.latency()),
                        headers.contains("x-sim-latency") ? 0 : pace.latencySpread(),
                        number(headers, "x-sim-tokens-per-second", (int) pace.tokensPerSecond()),
                        number(headers, "x-sim-sse-events", pace.sseEvents()),
                        millis(headers, "x-sim-sse-interval", pace.sseInterval())),
                status(headers),
                number(headers, "x-sim-cut-after", NEVER),
                number(headers, "x-sim-error-after", NEVER),
                number(headers, "x-sim-fail-times", 0),
                key == null ? headers.get("x-request-id", "") : key,
                headers.get("x-sim-retry-after"));
    }

    private static boolean asks(HttpHeaders headers) {
        for (Iterator<Map.Entry<CharSequence, CharSequence>> i = headers.iteratorCharSequence(); i.hasNext(); ) {
            CharSequence name = i.next().getKey();
            if (name.length() > PREFIX.length()
                    && (name.charAt(0) | 0x20) == 'x'
                    && name.toString().toLowerCase(Locale.ROOT).startsWith(PREFIX)) {
                return true;
            }
        }
        return false;
    }

    private static int status(HttpHeaders headers) {
        int status = number(headers, "x-sim-status", 0);
        if (status != 0 && status != 200 && (status < 400 || status > 599)) {
            throw new InvalidRequest("X-Sim-Status must be 200, or from 400 to 599.");
        }
        return status;
    }

    private static Duration millis(HttpHeaders headers, String name, Duration otherwise) {
        return headers.contains(name) ? Duration.ofMillis(number(headers, name, 0)) : otherwise;
    }

    private static int number(HttpHeaders headers, String name, int otherwise) {
        String value = headers.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value.trim());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new InvalidRequest(name + " must be a whole number, not '" + value + "'.", e);
        }
        throw new InvalidRequest(name + " must not be negative.");
    }
}
