package dev.mehari.cli.monitor;

/** How bad something is. */
enum Level {
    NORMAL(""),
    WARN("WARN"),
    CRITICAL("CRITICAL");

    private static final int MUCH_CONCURRENCY = 80;
    private static final int MOST_CONCURRENCY = 95;
    private static final int LONG_QUEUE = 50;
    private static final int MANY_REFUSALS = 5;
    private static final int PERCENT = 100;

    private final String word;

    Level(String word) {
        this.word = word;
    }

    /** For screens without colour; empty when all is well. */
    String word() {
        return word;
    }

    /** Warns above 80 %, critical above 95 %. */
    static Level ofConcurrency(long used, long max) {
        if (PERCENT * used > MOST_CONCURRENCY * max) {
            return CRITICAL;
        }
        return PERCENT * used > MUCH_CONCURRENCY * max ? WARN : NORMAL;
    }

    /** Warns above 50 calls that wait. */
    static Level ofQueue(long waiting) {
        return waiting > LONG_QUEUE ? WARN : NORMAL;
    }

    /** Warns above 5 % of calls. */
    static Level ofRefusals(long refused, long calls) {
        return PERCENT * refused > MANY_REFUSALS * calls ? WARN : NORMAL;
    }
}
