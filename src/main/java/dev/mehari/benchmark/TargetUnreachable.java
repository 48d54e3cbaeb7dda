package dev.mehari.benchmark;

/** No connection to the target could be made before the run; nothing was sent. */
public final class TargetUnreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TargetUnreachable(String message, Throwable cause) {
        super(message, cause);
    }

    TargetUnreachable(String message) {
        super(message);
    }
}
