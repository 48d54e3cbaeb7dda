package dev.mehari.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The database is needed for this request and does not answer. */
public final class StorageUnavailable extends MehariFailure {
    private static final long serialVersionUID = 1L;

    public StorageUnavailable(String message, Duration retryAfter, @Nullable Throwable cause) {
        super(Source.GATEWAY, "storage_unavailable", message, retryAfter, cause);
    }
}
