package dev.mehari.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An expected failure of a request. The message is meant for the caller: it says what was wrong and what to do, and
 * holds no secret, host or stack. Without a stack trace, since refusals are frequent and their place is known.
 */
public abstract sealed class MehariFailure extends Exception
        permits GatewayBusy,
                RequestRejected,
                Unauthenticated,
                Forbidden,
                LimitExceeded,
                StorageUnavailable,
                UpstreamUnreachable,
                UpstreamTimeout,
                UpstreamBroken,
                UpstreamRefused,
                DeadlineExceeded,
                ClientGone {
    private static final long serialVersionUID = 1L;

    /** Whose doing a failure is. */
    public enum Source {
        CLIENT,
        UPSTREAM,
        GATEWAY
    }

    private final Source source;
    private final String code;
    private final @Nullable Duration retryAfter;

    MehariFailure(
            Source source, String code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.source = source;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    public Source source() {
        return source;
    }

    /** Stable machine-readable name, in snake case; the {@code code} of error bodies and the {@code reason} of metrics. */
    public String code() {
        return code;
    }

    /** How long to wait before trying again; null when trying again is not what helps. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
