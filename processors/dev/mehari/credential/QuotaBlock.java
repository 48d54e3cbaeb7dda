package dev.mehari.credential;

/**
 * Calls of a credential's daily quota that this instance has taken from the store and not made yet. It takes small blocks
 * ahead, larger ones when calls outrun it, so that no call waits for the store but when there is none left here. Guarded by
 * the lock of the credential's group.
 */
final class QuotaBlock {
    static final long DAY_MILLIS = 86_400_000L;
    private static final long LARGEST = 1_000;
    /** A block is at most this part of the quota, for what one instance holds the others cannot use. */
    private static final long PART = 50;

    private static final long RETRY_MILLIS = 1_000;

    private long day = -1;
    private long left;
    private long block = 1;
    private long notBefore;
    private boolean fetching;
    private boolean usedUp;

    /** As {@link Readiness}. */
    long readiness(long nowMillis) {
        startDay(nowMillis);
        if (left > 0) {
            return Readiness.READY;
        }
        if (usedUp) {
            return (day + 1) * DAY_MILLIS;
        }
        return nowMillis < notBefore ? Readiness.BUSY : Readiness.SOON;
    }

    private void startDay(long nowMillis) {
        long today = Math.floorDiv(nowMillis, DAY_MILLIS);
        if (today != day) {
            day = today;
            left = 0;
            usedUp = false;
            block = 1;
        }
    }

    /** Counts one call; returns the day that it is of. */
    long use() {
        left--;
        return day;
    }

    /** A call that was counted on day {@code usedOn} has not been made. */
    void unuse(long usedOn) {
        if (usedOn == day) {
            left++;
        }
    }

    /** How many calls to take from the store now; 0 for none. Then {@link #arrived} or {@link #failed} has to follow. */
    long wanted(long quota, long nowMillis) {
        startDay(nowMillis);
        if (fetching || usedUp || nowMillis < notBefore || left > block / 2) {
            return 0;
        }
        if (left == 0 && block < Math.min(LARGEST, quota / PART)) {
            block *= 2;
        }
        fetching = true;
        return block;
    }

    void arrived(long calls, long nowMillis, long askedOn) {
        fetching = false;
        startDay(nowMillis);
        if (askedOn == day) {
            left += calls;
            usedUp = calls == 0;
        }
    }

    void failed(long nowMillis) {
        fetching = false;
        notBefore = nowMillis + RETRY_MILLIS;
    }

    long day() {
        return day;
    }

    /** The quota may be another one now, or others may have given some back. */
    void askAgain() {
        usedUp = false;
    }

    boolean isUsedUp() {
        return usedUp && left == 0;
    }

    /** Takes out what has not been used, for the store; 0 when the day it was for is over. */
    long takeRest(long nowMillis) {
        startDay(nowMillis);
        long rest = left;
        left = 0;
        return rest;
    }
}
