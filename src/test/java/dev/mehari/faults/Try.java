package dev.mehari.faults;

/**
 * One try of a call, as the upstream knows it. Times are nanoseconds of one clock for the whole run.
 *
 * @param call which call it was for
 * @param credential with which it came
 * @param answered when its answer's first byte was written or its connection broken; when it ended, if it was never answered
 * @param ended when its answer's last byte was written or its connection closed, by either side
 * @param what it was answered, for people
 * @param failed it is a failure of the upstream's, which counts in its circuit breaker
 * @param benched for how long the answer benches the credential for sure, 0 when that is not sure
 * @param benchedAtMost for how long the answer may bench the credential, unless it was given to a trial call, by its hint or
 *     the rule; 0 when it does not bench
 */
record Try(
        String call,
        String credential,
        long arrived,
        long answered,
        long ended,
        Ending ending,
        String what,
        boolean failed,
        long benched,
        long benchedAtMost) {
    /** What an ending means for whether the call may be sent again. */
    enum Ending {
        /** A whole answer. */
        SERVED,
        /** An answer that says that nothing was done, or that the credential is at fault: the next way may be tried. */
        REPEATABLE,
        /** Whatever was done may have been done (500, silence, a broken connection): a POST is not repeated. */
        FINAL
    }
}
