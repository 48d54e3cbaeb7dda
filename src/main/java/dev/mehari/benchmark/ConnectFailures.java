package dev.mehari.benchmark;

import java.util.Locale;

/** Words for what went wrong with a connection, with few enough values to count by. */
final class ConnectFailures {
    private ConnectFailures() {}

    static String describe(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("refused")) {
            return "connection refused";
        }
        if (message.contains("reset")) {
            return "connection reset";
        }
        if (message.contains("timed out")) {
            return "connecting timed out";
        }
        if (message.contains("too many open files")) {
            return "too many open files in this process";
        }
        if (message.contains("cannot assign")) {
            return "no local port left";
        }
        return cause.getClass().getSimpleName();
    }
}
