package dev.mehari.cli;

import dev.mehari.routes.RoutesRefused;
import java.io.IOException;

/**
 * Finds in a failed start the sentence that helps: of a port of ours that is taken, or of routes, or the innermost cause with a
 * message, where nobody wrote a better one.
 */
final class StartFailures {
    private StartFailures() {}

    static String explain(Throwable failure) {
        Throwable best = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException
                    && String.valueOf(cause.getMessage()).startsWith("Cannot listen")) {
                return String.valueOf(cause.getMessage());
            }
            // Routes say in which file and line; what has caused it does not.
            if (cause.getMessage() != null && !(best instanceof RoutesRefused)) {
                best = cause;
            }
        }
        return best.getMessage() == null ? best.toString() : "could not start: " + best.getMessage();
    }
}
