package dev.mehari.limits;

/**
 * What a key has used, as it is kept across restarts. What a call has reserved is counted as used.
 *
 * @param total nano-dollars ever, at least 0
 */
public record KeyCounters(
        long keyId, Counter requests, Counter minute, Counter tokens, Counter day, Counter week, long total) {
    /**
     * One window's count. It means nothing in another window.
     *
     * @param window number of the window, as in {@link WindowLimit}; days since 1970 and weeks since Monday 1970-01-05 for
     *     money, in UTC
     * @param lengthMillis of the window, at least 1
     * @param used in it, at least 0
     */
    public record Counter(long window, long lengthMillis, long used) {}
}
