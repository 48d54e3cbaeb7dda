package dev.mehari.faults;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How much of the retry budget was spent when, by the tries that arrived. */
final class BudgetBook {
    /** From this share of it on, the budget counts as spent: Mehari's window and ours do not begin at the same instant. */
    private static final double NEARLY = 0.8;

    private static final long SECOND = 1_000_000_000;
    /** What the upstreams of a run ask for at most, rounded up. */
    private static final long LONGEST_DELAY = 3 * SECOND;

    private final Terms terms;
    private final long[] calls;
    private final long[] retries;

    BudgetBook(Terms terms, List<Called> calls, Map<String, List<Try>> tries) {
        this.terms = terms;
        this.calls = calls.stream().mapToLong(Called::sent).sorted().toArray();
        retries = tries.values().stream()
                .flatMap(ofOne -> ofOne.stream().skip(1))
                .mapToLong(Try::arrived)
                .sorted()
                .toArray();
    }

    /** True when it could be that nothing was left at {@code instant}. */
    boolean mayBeSpent(long instant) {
        long from = instant - terms.budgetWindow().toNanos();
        double allowed = Math.max(terms.budgetLeast(), count(calls, from, instant) * terms.budgetPercent() / 100.0);
        return count(retries, from, instant + terms.slackNanos()) >= NEARLY * allowed;
    }

    /**
     * Tries again that were too many for the calls at their time; 0 when there was no such time. What was decided within a
     * window arrives up to {@link #LONGEST_DELAY} later, and Mehari counts by whole seconds; so fewer seconds of retries are held
     * against more seconds of calls.
     */
    long overdrawn() {
        long window = terms.budgetWindow().toNanos();
        long most = 0;
        for (long instant : retries) {
            long again = count(retries, instant - window + SECOND + LONGEST_DELAY, instant);
            long made = count(calls, instant - window - LONGEST_DELAY - terms.slackNanos(), instant);
            most = Math.max(most, again - Math.max(terms.budgetLeast(), made * terms.budgetPercent() / 100));
        }
        return most;
    }

    /** The most tries again that arrived within a window, and the calls that began in it. */
    String most() {
        long window = terms.budgetWindow().toNanos();
        long most = 0;
        long made = 0;
        for (long instant : retries) {
            long again = count(retries, instant - window, instant);
            if (again > most) {
                most = again;
                made = count(calls, instant - window, instant);
            }
        }
        return most + " of " + made + " calls";
    }

    /** Tries that all calls together may have made. */
    long mostTries() {
        if (calls.length == 0) {
            return 0;
        }
        long windows =
                (calls[calls.length - 1] - calls[0]) / terms.budgetWindow().toNanos() + 1;
        return calls.length + calls.length * (long) terms.budgetPercent() / 100 + windows * terms.budgetLeast();
    }

    private static long count(long[] sorted, long from, long until) {
        return (long) at(sorted, until + 1) - at(sorted, from + 1);
    }

    private static int at(long[] sorted, long instant) {
        int found = Arrays.binarySearch(sorted, instant);
        if (found < 0) {
            return -found - 1;
        }
        while (found > 0 && sorted[found - 1] == instant) {
            found--;
        }
        return found;
    }
}
