package dev.mehari.exchange;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;

/**
 * Until when a call's client waits, as it says in {@code X-Request-Timeout}. That time begins with the head of its request and
 * does not begin anew, whatever the call waits for; so whoever lets a call wait asks here how much of it is left. Any thread.
 */
public final class Deadline {
    /** What is left of the time of a client that has not said how long it waits. */
    public static final long NONE = Long.MAX_VALUE;

    private Deadline() {}

    /**
     * Nanoseconds that are left of the client's time: 0 when it is over, {@link #NONE} when the client said nothing.
     *
     * @param nowNanos monotonic time, on the clock of {@link CallRecord#startedNanos}
     */
    public static long nanosLeft(Exchange exchange, long nowNanos) {
        if (!(exchange.getProperty(ExchangeKeys.CLIENT_TIMEOUT_MS) instanceof Long millis)) {
            return NONE;
        }
        long whole = TimeUnit.MILLISECONDS.toNanos(millis);
        Call call = Call.of(exchange);
        return Math.max(
                0, call == null ? whole : whole - (nowNanos - call.record().startedNanos()));
    }

    /** How long a try may wait: {@code most}, or what is left of the client's time or until it has to begin where that is less. */
    public static Duration atMost(Duration most, Exchange exchange, long nowNanos) {
        long left = nanosLeft(exchange, nowNanos);
        if (exchange.getProperty(ExchangeKeys.TRY_BY_NANOS) instanceof Long by) {
            left = Math.min(left, Math.max(0, by - nowNanos));
        }
        return left < most.toNanos() ? Duration.ofNanos(left) : most;
    }
}
