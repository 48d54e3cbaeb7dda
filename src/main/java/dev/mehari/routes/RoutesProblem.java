package dev.mehari.routes;

import org.jspecify.annotations.Nullable;

/**
 * Why files with routes cannot be used.
 *
 * @param file its name; null when no file in particular is to blame
 * @param line from 1 on; 0 when it is not known
 * @param message what is wrong and, where that can be said, what to do
 */
public record RoutesProblem(@Nullable String file, int line, String message) {
    /** {@code file:line: message}, without what is not known. */
    @Override
    public String toString() {
        if (file == null) {
            return message;
        }
        return line > 0 ? file + ":" + line + ": " + message : file + ": " + message;
    }
}
