package dev.mehari.audit.proof;

import java.util.ArrayList;
import java.util.List;

/** Counts what is read, and collects what is wrong. */
final class Findings {
    private final List<Problem> problems = new ArrayList<>();
    private final List<NotedHead> heads = new ArrayList<>();
    private long problemsInAll;
    long chains;
    long events;
    long checkpoints;
    long dropped;
    long unsigned;
    long unproven;

    void problem(Problem.Kind kind, int chain, long first, long last, String what) {
        problemsInAll++;
        if (problems.size() < Verdict.MOST_NAMED) {
            problems.add(new Problem(kind, chain, first, last, what));
        }
    }

    void head(NotedHead head) {
        heads.add(head);
    }

    Verdict verdict() {
        return new Verdict(chains, events, checkpoints, dropped, unsigned, unproven, problems, problemsInAll, heads);
    }
}
