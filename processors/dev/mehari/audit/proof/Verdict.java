package dev.mehari.audit.proof;

import java.util.List;

/**
 * What a verification has found.
 *
 * @param chains that were read; and so on
 * @param dropped events that were dropped by rule, and said to be
 * @param unsigned events at the ends of chains with no signature after them yet
 * @param unproven events that could not be checked because of a problem before them
 * @param problems the first of them, in the order of the export
 * @param problemsInAll how many there are
 * @param heads how far each chain has come, to be noted for the next time
 */
public record Verdict(
        long chains,
        long events,
        long checkpoints,
        long dropped,
        long unsigned,
        long unproven,
        List<Problem> problems,
        long problemsInAll,
        List<NotedHead> heads) {
    /** Problems that are named; more are only counted. */
    public static final int MOST_NAMED = 100;

    public Verdict {
        problems = List.copyOf(problems);
        heads = List.copyOf(heads);
    }

    /** True when nothing is wrong. */
    public boolean isWhole() {
        return problemsInAll == 0;
    }
}
