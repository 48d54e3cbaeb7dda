package dev.mehari.alert;

/** The share of refused calls over the last looks, from counts since start. For one thread. */
final class RefusalWindow {
    private final int leastCalls;
    private final long[] ended;
    private final long[] refused;
    /** Looks so far. */
    private long looks;

    /** @param steps between the first and the last look of the window */
    RefusalWindow(int steps, int leastCalls) {
        this.leastCalls = leastCalls;
        ended = new long[steps + 1];
        refused = new long[steps + 1];
    }

    void add(long endedSoFar, long refusedSoFar) {
        int at = (int) (looks++ % ended.length);
        ended[at] = endedSoFar;
        refused[at] = refusedSoFar;
    }

    double percent() {
        int last = (int) ((looks - 1) % ended.length);
        int first = looks < ended.length ? 0 : (int) (looks % ended.length);
        long calls = ended[last] - ended[first];
        return calls < leastCalls ? 0 : 100.0 * (refused[last] - refused[first]) / calls;
    }
}
