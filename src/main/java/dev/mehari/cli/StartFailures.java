package dev.mehari.cli;

import java.io.IOException;

/** Finds in a failed start the sentence that helps; the innermost cause with a message, where nobody wrote a better one. */
final class StartFailures {
    private StartFailures() {}

    static String explain(Throwable failure) {
        Throwable best = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException
                    && String.valueOf(cause.getMessage()).startsWith("Cannot listen")) {
                return String.valueOf(cause.getMessage());
            }
            if (cause.getMessage() != null) {
                best = cause;
            }
        }
        return best.getMessage() == null ? best.toString() : "could not start: " + best.getMessage();
    }
}
