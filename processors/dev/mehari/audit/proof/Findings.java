package dev.mehari.audit.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts what is read, and collects what is wrong. */
final class Findings {
    private final List<Problem> problems = new ArrayList<>();
    private final List<NotedHead> heads = new ArrayList<>();
    private final SortedMap<String, Long> dropped = new TreeMap<>();
    private long problemsInAll;
    long chains;
    long events;
    long checkpoints;
    long unsigned;
    long unproven;

    void problem(Problem.Kind kind, int chain, long first, long last, String what) {
        problemsInAll++;
        if (problems.size() < Verdict.MOST_NAMED) {
            problems.add(new Problem(kind, chain, first, last, what));
        }
    }

    void dropped(String reason, long events) {
        dropped.merge(reason, events, Long::sum);
    }

    void head(NotedHead head) {
        heads.add(head);
    }

    Verdict verdict() {
        return new Verdict(chains, events, checkpoints, dropped, unsigned, unproven, problems, problemsInAll, heads);
    }
}
