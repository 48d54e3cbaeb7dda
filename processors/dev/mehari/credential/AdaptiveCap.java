package dev.mehari.credential;

/**
 * Learns how many calls at once a credential takes from how they are answered. Guarded by its owner's lock.
 *
 * <p>A call carries how many were under way when it was sent, itself included. One that is refused with 429 at {@code k} shows
 * that the limit is {@code k - 1}, so that is the cap then, and not a part of what it was. Refusals come at once but successes
 * when calls end, so a cap counts as taken once it was reached and no refusal came for twice as long as refusals take. The law:
 *
 * <ol>
 *   <li>A refusal lowers the cap to what was taken; while there are more refusals than the budget has, by {@value #MARGIN} of it
 *       more for each, so that a limit that falls is met less often.
 *   <li>A refusal before the lowered cap was taken shows that the limit is far below: the cap becomes {@value #CUT} of itself until
 *       it is taken, and then comes back half the way at a time (the search of BIC-TCP).
 *   <li>More is tried by 1, 2, 4 and so on, up to a {@value #STEP_PART}th of the cap at a time, as long as it is taken: to be
 *       right costs nothing.
 *   <li>To be wrong costs a refusal, of which each success earns {@value #EARNED}, handed out over the minutes that follow, since
 *       what many calls earned is needed when few are made.
 *   <li>The further the cap is below its highest of the last minutes, the more may be borrowed for a try, once in
 *       {@value #PATIENCE_MILLIS} ms: there is most to win.
 * </ol>
 *
 * <p>After Chiu and Jain 1989 (additive increase, multiplicative decrease), Xu, Harfoush and Rhee 2004 (BIC) and Ha, Rhee and
 * Xu 2008 (CUBIC: a remembered height, and time instead of answers). {@code bench/adaptive} simulates it.
 */
public final class AdaptiveCap {
    static final int MOST = 10_000;
    private static final int FIRST = 4;
    private static final double EARNED = 0.015;
    /** What is earned is handed out by a part of itself in this time. */
    private static final double SPREAD_MILLIS = 200_000;

    private static final double EARNED_AT_FIRST = 2;
    private static final double MOST_CREDIT = 4;
    private static final double MOST_DEBT = -2;
    private static final double MARGIN = 0.03;
    private static final double CUT = 0.6;
    /** The largest raise, as a part of the cap. */
    private static final int STEP_PART = 6;
    /** Refusals that may be borrowed when the cap is nothing beside its highest. */
    private static final double RISK = 4;

    private static final long PATIENCE_MILLIS = 15_000;
    private static final double FORGET_MILLIS = 600_000;
    private static final long LEAST_SETTLING_MILLIS = 100;
    private static final long MOST_SETTLING_MILLIS = 5_000;
    private static final int NO_CEILING = Integer.MAX_VALUE;
    private static final long NEVER = Long.MIN_VALUE;

    private int cap = FIRST;
    /** Of the last minutes. */
    private double highest = FIRST;

    private int step = 1;
    /** While the way back is sought: the least that was refused. */
    private int ceiling = NO_CEILING;

    private double earned = EARNED_AT_FIRST;
    private double credit = 1;

    private boolean everRefused;
    /** The present cap is more than what is known to be taken. */
    private boolean raised;
    /** The present cap is less than what was refused. */
    private boolean lowered;

    private boolean taken;
    private long epoch;
    private long now = NEVER;
    private long reachedAt = NEVER;
    private long refusedAt = NEVER;
    private long settling = 1_000;
    /** What the upstream says may still be sent in its present window. */
    private long remaining = Long.MAX_VALUE;

    /** Calls that may be under way at once, at least 1. */
    public int cap() {
        return (int) Math.max(1, Math.min(cap, remaining));
    }

    /**
     * A call is sent.
     *
     * @param underWay calls under way, this one included
     * @return what the call carries, to tell old news from new
     */
    public long sent(int underWay, long nowMillis) {
        if (reachedAt == NEVER && underWay >= cap) {
            reachedAt = nowMillis;
        }
        return epoch;
    }

    /** A call was answered well. */
    public void succeeded(long nowMillis) {
        pass(nowMillis);
        earned += EARNED;
        if (!taken) {
            return;
        }
        int most = Math.max(1, cap / STEP_PART);
        if (!everRefused) {
            raiseBy(most);
        } else if (ceiling != NO_CEILING) {
            raiseBy(Math.min(most, (ceiling - cap) / 2));
        } else if (step > 1 || mayTry()) {
            raiseBy(Math.min(most, step));
        }
    }

    private boolean mayTry() {
        return credit >= 1 || (now - refusedAt >= PATIENCE_MILLIS && credit >= 1 - RISK * (1 - cap / highest));
    }

    private void raiseBy(int more) {
        cap = Math.min(MOST, cap + more);
        raised = true;
        begin();
    }

    /** A new cap, of which nothing is known. */
    private void begin() {
        epoch++;
        taken = false;
        reachedAt = NEVER;
    }

    private void pass(long nowMillis) {
        long passed = now == NEVER ? 0 : Math.max(0, nowMillis - now);
        now = nowMillis;
        double spread = earned * Math.min(1, passed / SPREAD_MILLIS);
        earned -= spread;
        credit = Math.min(MOST_CREDIT, credit + spread);
        highest = Math.max(cap, highest - (highest - cap) * Math.min(1, passed / FORGET_MILLIS));
        if (!taken && reachedAt != NEVER && now - reachedAt >= settling) {
            taken = true;
            if (raised && everRefused && ceiling == NO_CEILING) {
                step = Math.min(MOST, 2 * step);
            }
            if (cap >= ceiling - 1) {
                ceiling = NO_CEILING;
            }
            raised = false;
            lowered = false;
        }
    }

    /**
     * A call was refused for there being too many.
     *
     * @param underWay as for {@link #sent}
     * @param sentIn what {@link #sent} said
     */
    public void refused(int underWay, long sentIn, long sentMillis, long nowMillis) {
        pass(nowMillis);
        remaining = Long.MAX_VALUE;
        settling = Math.max(settling * 9 / 10, 2 * (now - sentMillis));
        settling = Math.max(LEAST_SETTLING_MILLIS, Math.min(MOST_SETTLING_MILLIS, settling));
        if (sentIn == epoch && underWay > cap) {
            return; // nobody keeps to the cap, which has no part in this
        }
        credit = Math.max(MOST_DEBT, credit - 1);
        cap = Math.max(1, Math.min(cap, underWay - 1));
        if (sentIn == epoch) {
            lower();
            begin();
        }
    }

    private void lower() {
        if (lowered) {
            ceiling = cap + 1;
            cap = Math.max(1, (int) (cap * CUT));
        } else {
            if (ceiling == NO_CEILING && !raised && credit < 0) {
                cap -= (int) Math.round(MARGIN * -credit * cap);
            }
            ceiling = NO_CEILING;
        }
        everRefused = true;
        lowered = true;
        raised = false;
        step = 1;
        refusedAt = now;
    }

    /**
     * What an answer's rate-limit headers say.
     *
     * @param left that may still be sent in the present window; -1 for not said
     */
    public void told(long left) {
        remaining = left < 0 ? Long.MAX_VALUE : left;
    }
}
