package dev.mehari.credential;

/**
 * Learns how many calls at once a credential takes from how they are answered. Guarded by its owner's lock.
 *
 * <p>Additive increase, multiplicative decrease (AIMD, Chiu and Jain 1989), with a memory. Each call carries how many were
 * under way when it was sent. One refused with 429 at {@code k} shows that the limit was below {@code k}: the cap becomes
 * {@code k - 1}. Refusals beyond the first of a burst, of calls sent after the cap was lowered, show that the limit has moved away: the cap becomes
 * {@value #DECREASE} of itself. Raising it costs a 429 if it is wrong, so it is tried only after {@value #PATIENCE}
 * successes at the cap, by one; each time that this was right, by twice as many, since the limit has moved up then. While
 * nothing is known, the cap doubles with each round of successes. A calls' refusal rate follows: one in a little over
 * {@value #PATIENCE} while the limit stands still.
 */
public final class AdaptiveCap {
    static final int MOST = 10_000;
    private static final int FIRST = 4;
    private static final int PATIENCE = 100;
    private static final double DECREASE = 0.8;

    private int cap = FIRST;
    private boolean known;
    private int successesAtCap;
    private int step = 1;
    private int beforeStep = FIRST;
    private long epoch;
    /** What the upstream says may still be sent in its present window. */
    private long remaining = Long.MAX_VALUE;

    /** Calls that may be under way at once, at least 1. */
    public int cap() {
        return (int) Math.max(1, Math.min(cap, remaining));
    }

    /** What a call that is sent now carries, for {@link #refused} to tell old news from new. */
    public long epoch() {
        return epoch;
    }

    /** A call was answered well; {@code underWay} calls were under way when it was sent, itself included. */
    public void succeeded(int underWay, long sentIn) {
        if (underWay < cap || sentIn != epoch) {
            return; // says nothing of what more would do
        }
        successesAtCap++;
        if (!known) {
            if (successesAtCap >= cap) {
                raiseTo(Math.min(MOST, 2 * cap));
            }
        } else if (successesAtCap >= PATIENCE) {
            int by = step;
            step = Math.min(2 * step, Math.max(1, cap / 4));
            raiseTo(Math.min(MOST, cap + by));
        }
    }

    /** A call was refused for there being too many; {@code underWay} as for {@link #succeeded}. */
    public void refused(int underWay, long sentIn) {
        remaining = Long.MAX_VALUE;
        step = 1;
        if (!known || (sentIn == epoch && cap > beforeStep)) {
            known = true;
            lowerTo(Math.min(Math.min(cap, beforeStep), underWay - 1));
        } else if (sentIn == epoch) {
            lowerTo(Math.min((int) (cap * DECREASE), underWay - 1));
        } else {
            cap = Math.max(1, Math.min(cap, underWay - 1));
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

    private void raiseTo(int higher) {
        beforeStep = cap;
        cap = higher;
        successesAtCap = 0;
        epoch++;
    }

    private void lowerTo(int lower) {
        cap = Math.max(1, lower);
        beforeStep = cap;
        successesAtCap = 0;
        epoch++;
    }
}
