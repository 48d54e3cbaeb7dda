package dev.mehari.retry;

import java.time.Duration;

/** Answer to "is this call tried again?". */
public sealed interface RetryDecision {
    /**
     * It is.
     *
     * @param delay in whole milliseconds; zero for at once
     * @param free takes nothing of the budget, since nothing was sent
     */
    record Again(Duration delay, boolean free) implements RetryDecision {}

    /** It is not; what failed last is what the caller gets. */
    record GiveUp(Reason reason) implements RetryDecision {}

    /** Why a call is not tried again. */
    enum Reason {
        /** Its client has left. */
        CLIENT_GONE,
        /** The failure is none that another try could mend, such as a refusal of our own. */
        HOPELESS,
        /** The upstream may have begun to do what was asked, and doing it twice could do harm. */
        UNSAFE,
        /** It has been tried as often as it may be. */
        EXHAUSTED,
        /** There is no way left that could be tried. */
        NO_WAY,
        /** The upstream asks for a longer wait than anyone is made to wait. */
        TOO_LONG,
        /** The next try could not begin before the call's deadline, or this one has met it. */
        DEADLINE,
        /** All calls together have been tried again as often as they may be for now. */
        BUDGET
    }
}
