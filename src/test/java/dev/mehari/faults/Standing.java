package dev.mehari.faults;

import dev.mehari.faults.Try.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

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
    private final ToLongFunction<Try> known;
    private final long slack;
    /** For how long each try benched the credential at most. */
    private final long[] most;

    private final List<Span> notFree = new ArrayList<>();

    /**
     * Of a credential that has seen {@code tries}, in order of arrival.
     *
     * @param known when Mehari surely knew how a try was answered, for it had gone on with the call
     */
    Standing(List<Try> tries, ToLongFunction<Try> known, long slackNanos) {
        this.tries = List.copyOf(tries);
        this.known = known;
        slack = slackNanos;
        most = new long[this.tries.size()];
        for (int i = 0; i < this.tries.size(); i++) {
            Try one = this.tries.get(i);
            if (one.benchedAtMost() > 0) {
                most[i] = Math.max(one.benchedAtMost(), 2 * lastBench(i));
                exclude(i);
            }
        }
    }

    /** How long the bench was, at most, of which this try may have been the trial: if it fails the next is twice as long. */
    private long lastBench(int index) {
        Try trial = tries.get(index);
        for (int i = index - 1; i >= 0; i--) {
            long over = tries.get(i).answered() + tries.get(i).benched() - slack;
            if (most[i] > 0 && over < trial.arrived()) {
                return isBack(i + 1, over, trial.arrived() - slack) ? 0 : most[i];
            }
        }
        return 0;
    }

    /** True when a try was served that arrived after a bench was over, and not only one that was under way before it. */
    private boolean isBack(int from, long over, long until) {
        for (int i = from; i < tries.size(); i++) {
            Try one = tries.get(i);
            if (one.ending() == Ending.SERVED && one.arrived() > over + 2 * slack && one.ended() < until) {
                return true;
            }
        }
        return false;
    }

    /** From the fault to the end of its bench, and then around each trial up to the first that is served. */
    private void exclude(int index) {
        Try fault = tries.get(index);
        long benchEnds = fault.answered() + most[index];
        notFree.add(new Span(fault.answered() - slack, benchEnds + slack));
        long least = fault.answered() + fault.benched();
        for (int i = index + 1; i < tries.size(); i++) {
            Try trial = tries.get(i);
            if (trial.arrived() >= least) {
                notFree.add(new Span(trial.arrived() - slack, trial.ended() + slack));
                if (trial.ending() == Ending.SERVED) {
                    return;
                }
                if (trial.arrived() > benchEnds && trial.benchedAtMost() > 0) {
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
                    && later.arrived() > known.applyAsLong(earlier) + slack
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
            long since = known.applyAsLong(fault);
            if (fault.benched() > 2 * slack && since < fault.answered() + slack && isLastBench(fault, end)) {
                Try trial = firstAfter(since + slack);
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
