package dev.mehari.simulator;

/** The request cannot be understood; it is answered with 400 and this message in the shape of the API called. */
final class InvalidRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidRequest(String message) {
        super(message);
    }

    InvalidRequest(String message, Throwable cause) {
        super(message, cause);
    }
}
