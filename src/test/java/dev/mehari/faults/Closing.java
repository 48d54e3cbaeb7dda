package dev.mehari.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * When one upstream was left alone by its circuit breaker or by ejection, by how the tries that arrived there ended. Failures
 * in a row do that, and after the wait a trial that fails does it anew. In which order Mehari learnt of what ended at nearly the
 * same time is not known; so {@link #mayBeWithin} takes every order for possible, and {@link #isSureAt} only what holds in all.
 */
final class Closing {
    private record Span(long from, long until) {}

    private final Terms.Breaker breaker;
    private final long slack;
    private final long trial;
    /** In order of arrival. */
    private final List<Try> tries;

    private final List<Long> openings = new ArrayList<>();
    private final List<Span> possible = new ArrayList<>();
    private final List<Span> sure = new ArrayList<>();

    /** Of an upstream that has seen {@code tries}, in order of arrival. */
    Closing(List<Try> tries, Terms terms) {
        this.tries = List.copyOf(tries);
        breaker = terms.breaker();
        slack = terms.slackNanos();
        trial = terms.firstByteTimeout().toNanos();
        if (breaker != null) {
            find();
        }
    }

    private void find() {
        List<Try> failed = tries.stream()
                .filter(Try::failed)
                .sorted(Comparator.comparingLong(Try::ended))
                .toList();
        long reopensUntil = Long.MIN_VALUE;
        for (int i = 0; i < failed.size(); i++) {
            Try last = failed.get(i);
            Try first = i + 1 < breaker.failures() ? null : failed.get(i + 1 - breaker.failures());
            boolean inARow = first != null && !isServed(first.ended() + slack, last.ended() - slack);
            if (inARow || last.arrived() < reopensUntil) {
                openings.add(last.ended());
                Span span = new Span(last.ended() - slack, end(last.ended()));
                possible.add(span);
                reopensUntil = span.until();
            }
            if (breaker.isSure() && first != null && !hasOther(first.ended() - slack, last.ended() + slack)) {
                sure.add(new Span(last.ended() + slack, surelyUntil(last.ended())));
            }
        }
    }

    private boolean isServed(long from, long until) {
        return tries.stream()
                .anyMatch(one -> one.ending() == Try.Ending.SERVED && one.ended() > from && one.ended() < until);
    }

    private boolean hasOther(long from, long until) {
        return tries.stream().anyMatch(one -> !one.failed() && one.ended() >= from && one.ended() <= until);
    }

    /** The latest end: that of the trial after the wait, or of a call that was served before and shows that it was over. */
    private long end(long opening) {
        long latest = opening + breaker.openFor().toNanos() + trial + 2 * slack;
        return tries.stream()
                .filter(one -> one.ending() == Try.Ending.SERVED && one.arrived() > opening + slack)
                .mapToLong(one -> one.ended() + slack)
                .filter(end -> end < latest)
                .min()
                .orElse(latest);
    }

    /** What opened before the last failure is over a wait after that. */
    private long surelyUntil(long opening) {
        long wait = breaker.openFor().toNanos();
        long first = openings.stream()
                .filter(one -> one <= opening && one > opening - wait - slack)
                .min(Long::compare)
                .orElse(opening);
        return first + wait - slack;
    }

    /** True when it could be that the upstream was left alone at some instant from {@code start} to {@code end}. */
    boolean mayBeWithin(long start, long end) {
        return possible.stream().anyMatch(span -> span.from <= end && start <= span.until);
    }

    /** True when the upstream was surely left alone at {@code instant}. */
    boolean isSureAt(long instant) {
        return sure.stream().anyMatch(span -> span.from < instant && instant < span.until);
    }
}
