package dev.mehari.storage;

import org.jspecify.annotations.Nullable;

/** State cannot be reached, so Mehari cannot start. The message is for the operator and says what to do. */
public final class StorageStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StorageStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
