package dev.mehari.failure;

import java.time.Duration;
import java.util.Locale;

/** Mehari as a whole has no room for the request now. */
public final class GatewayBusy extends MehariFailure {
    private static final long serialVersionUID = 1L;

    /** Which bound was met. */
    public enum Reason {
        /** {@code proxy.rate_limit} requests were let in within the last second. */
        RATE_LIMITED,
        /** {@code proxy.max_queue} requests are waiting already. */
        QUEUE_FULL,
        /** The request waited for as long as it may. */
        QUEUE_TIMEOUT,
        /** At the present rate the request could not be served before its deadline. */
        DEADLINE_UNREACHABLE,
        /** The circuit breaker of the upstream is open. */
        CIRCUIT_OPEN,
        /** Every credential that the call could use is benched, disabled or has used up its quota. */
        NO_CREDENTIAL,
        /** Every upstream that the call could use is marked as failed. */
        NO_UPSTREAM,
        /** Every credential or upstream that the call could use has as many calls under way as it may, for too long. */
        UPSTREAM_BUSY,
        /** The credential's turn for a person's message would come too late. */
        USER_QUEUE_TIMEOUT,
        /** The gateway is shutting down. */
        SHUTTING_DOWN
    }

    private final Reason reason;

    public GatewayBusy(Reason reason, String message, Duration retryAfter) {
        super(Source.GATEWAY, reason.name().toLowerCase(Locale.ROOT), message, retryAfter, null);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
