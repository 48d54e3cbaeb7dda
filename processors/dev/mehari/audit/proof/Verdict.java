package dev.mehari.audit.proof;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a verification has found.
 *
 * @param chains that were read; and so on
 * @param droppedBy events that are not there any more, or never were, as a gateway has signed; by the reason that it gave:
 *     {@code retention} by rule, the others on their way to the table
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
        SortedMap<String, Long> droppedBy,
        long unsigned,
        long unproven,
        List<Problem> problems,
        long problemsInAll,
        List<NotedHead> heads) {
    /** Problems that are named; more are only counted. */
    public static final int MOST_NAMED = 100;

    public Verdict {
        droppedBy = Collections.unmodifiableSortedMap(new TreeMap<>(droppedBy));
        problems = List.copyOf(problems);
        heads = List.copyOf(heads);
    }

    /** Events that are dropped, for whatever reason. */
    public long dropped() {
        return droppedBy.values().stream().mapToLong(Long::longValue).sum();
    }

    /** True when nothing is wrong. */
    public boolean isWhole() {
        return problemsInAll == 0;
    }
}
