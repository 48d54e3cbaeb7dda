package dev.mehari.faults;

import dev.mehari.faults.Try.Ending;
import java.util.ArrayList;
import java.util.List;

/**
 * When one credential could be used, by what the upstream answered it. An answer benches it for a time; what follows is a
 * trial: one try, and only when that is served the credential is as good as before. Where it is not known for sure whether,
 * or for how long, an answer benches, {@link #isFreeThroughout} takes the longer time and {@link #benchedAt} the shorter
 * one, so that neither accuses wrongly.
 */
final class Standing {
    private record Span(long from, long until) {
        boolean overlaps(long start, long end) {
            return from <= end && start <= until;
        }
    }

    private final List<Try> tries;
    private final long slack;
    private final List<Span> notFree = new ArrayList<>();

    /** Of a credential that has seen {@code tries}, in order of arrival. */
    Standing(List<Try> tries, long slackNanos) {
        this.tries = List.copyOf(tries);
        slack = slackNanos;
        for (int i = 0; i < this.tries.size(); i++) {
            if (this.tries.get(i).ending() != Ending.SERVED) {
                exclude(i);
            }
        }
    }

    /** From the fault to the end of its bench, and then around each trial up to the first that is served. */
    private void exclude(int index) {
        Try fault = tries.get(index);
        long benchEnds = fault.answered() + fault.benchedAtMost();
        notFree.add(new Span(fault.answered() - slack, benchEnds + slack));
        long least = fault.answered() + fault.benched();
        for (int i = index + 1; i < tries.size(); i++) {
            Try trial = tries.get(i);
            if (trial.arrived() >= least) {
                notFree.add(new Span(trial.arrived() - slack, trial.ended() + slack));
                if (trial.ending() == Ending.SERVED) {
                    return;
                }
                if (trial.arrived() > benchEnds) {
                    return; // that one's own bench goes on from here
                }
            }
        }
    }

    /** True when the credential could surely be used at every instant from {@code start} to {@code end}. */
    boolean isFreeThroughout(long start, long end) {
        return notFree.stream().noneMatch(span -> span.overlaps(start, end));
    }

    /** The try whose answer surely still benched the credential when {@code later} arrived; null when there is none. */
    Try benchedAt(Try later) {
        for (Try earlier : tries) {
            if (earlier.benched() > 0
                    && later.arrived() > earlier.answered() + slack
                    && later.arrived() < earlier.answered() + earlier.benched() - slack) {
                return earlier;
            }
        }
        return null;
    }

    /** Tries that arrived after a bench, beside the trial that was still without an answer. */
    List<Try> besideTrials() {
        List<Try> beside = new ArrayList<>();
        for (Try fault : tries) {
            long end = fault.answered() + fault.benched();
            if (fault.benched() > 2 * slack && isLastBench(fault, end)) {
                Try trial = firstAfter(fault.answered() + slack);
                if (trial != null) {
                    tries.stream()
                            .filter(other -> other.arrived() > trial.arrived() && other.arrived() < trial.answered())
                            .forEach(beside::add);
                }
            }
        }
        return beside;
    }

    private boolean isLastBench(Try fault, long end) {
        return tries.stream()
                .noneMatch(other -> !other.equals(fault)
                        && other.ending() != Ending.SERVED
                        && other.answered() >= fault.answered() - slack
                        && other.answered() <= end + slack);
    }

    private Try firstAfter(long instant) {
        return tries.stream().filter(one -> one.arrived() > instant).findFirst().orElse(null);
    }
}
