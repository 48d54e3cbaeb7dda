package dev.mehari.credential;

/**
 * Learns how many calls at once a credential takes from how they are answered. Guarded by its owner's lock.
 *
 * <p>Additive increase, multiplicative decrease (AIMD, Chiu and Jain 1989), with a memory and a budget. Each call carries
 * how many were under way when it was sent. One refused with 429 at {@code k} shows that the limit was below {@code k}: the
 * cap becomes {@code k - 1}, or what it was before it was last raised. A refusal soon after that shows that the limit has
 * moved far away: the cap becomes {@value #DECREASE} of itself. A higher cap is tried once a call at the present one has
 * succeeded, and while refusals are fewer than {@value #EARNED} of the successes: each success earns that much credit, each
 * refusal costs one. So a limit that stands still is tested once in a hundred calls, and one that rises is followed at
 * once, by one, two, four and so on, for to be right costs nothing.
 */
public final class AdaptiveCap {
    static final int MOST = 10_000;
    private static final int FIRST = 4;
    private static final double EARNED = 0.01;
    private static final double MOST_CREDIT = 2;
    private static final double MOST_DEBT = -2;
    private static final double DECREASE = 0.8;
    /** The largest raise, as a part of the cap. */
    private static final int STEP_PART = 8;

    private int cap = FIRST;
    private int beforeRaise = FIRST;
    private int step = 1;
    private boolean known;
    private double credit = 1;
    private int successesSinceLowered;
    private long epoch;
    /** What the upstream says may still be sent in its present window. */
    private long remaining = Long.MAX_VALUE;

    /** Calls that may be under way at once, at least 1. */
    public int cap() {
        return (int) Math.max(1, Math.min(cap, remaining));
    }

    /** What a call that is sent now carries, to tell old news from new. */
    public long epoch() {
        return epoch;
    }

    /** A call was answered well; {@code underWay} calls were under way when it was sent, itself included. */
    public void succeeded(int underWay, long sentIn) {
        credit = Math.min(MOST_CREDIT, credit + EARNED);
        successesSinceLowered++;
        if (underWay < cap || sentIn != epoch || credit < 1) {
            return; // says nothing of what more would do, or it may not be tried now
        }
        int by = known ? step : cap;
        step = Math.min(2 * step, Math.max(1, cap / STEP_PART));
        beforeRaise = cap;
        cap = Math.min(MOST, cap + by);
        epoch++;
    }

    /** A call was refused for there being too many; {@code underWay} as for {@link #succeeded}. */
    public void refused(int underWay, long sentIn) {
        remaining = Long.MAX_VALUE;
        credit = Math.max(MOST_DEBT, credit - 1);
        step = 1;
        known = true;
        if (sentIn != epoch) {
            cap = Math.max(1, Math.min(cap, underWay - 1));
            return;
        }
        int shown = Math.min(cap, underWay - 1);
        if (cap > beforeRaise) {
            lowerTo(Math.min(shown, beforeRaise));
        } else if (successesSinceLowered < cap / 2) {
            lowerTo(Math.min(shown, (int) (cap * DECREASE)));
        } else {
            lowerTo(shown);
        }
    }

    /**
     * What an answer's rate-limit headers say.
     *
     * @param left that may still be sent in the present window; -1 for not said
     */
    public void told(long left) {
        remaining = left < 0 ? Long.MAX_VALUE : left;
    }

    private void lowerTo(int lower) {
        cap = Math.max(1, lower);
        beforeRaise = cap;
        successesSinceLowered = 0;
        epoch++;
    }
}
