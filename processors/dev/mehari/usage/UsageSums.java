package dev.mehari.usage;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls added up by cell until somebody takes the sums. For any thread; a call waits for the sums for about
 * 0.1 µs.
 */
final class UsageSums implements UsageObserver {
    private static final long MILLIS_PER_DAY = 86_400_000;

    private final Clock clock;
    private final Object lock = new Object();
    private final ModelNames names = new ModelNames();
    private Map<UsageCell, UsageCounts> cells = new HashMap<>();
    private LocalDate today = LocalDate.EPOCH;
    private long calls;

    UsageSums(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void used(MeteredCall call) {
        long day = Math.floorDiv(clock.millis(), MILLIS_PER_DAY);
        synchronized (lock) {
            if (today.toEpochDay() != day) {
                today = LocalDate.ofEpochDay(day);
            }
            String model = names.keep(call.keyId(), call.model(), day);
            String upstream = call.upstream() == null ? "" : call.upstream();
            cells.merge(
                    new UsageCell(call.keyId(), model, upstream, call.credentialId(), today),
                    UsageCounts.of(call),
                    UsageCounts::plus);
            calls++;
        }
    }

    /** How many different rows there are. */
    int size() {
        synchronized (lock) {
            return cells.size();
        }
    }

    /** How many calls the rows stand for. */
    long calls() {
        synchronized (lock) {
            return calls;
        }
    }

    /** Takes all sums, in the order of cells. */
    List<UsageRow> take() {
        Map<UsageCell, UsageCounts> taken;
        synchronized (lock) {
            taken = cells;
            cells = new HashMap<>();
            calls = 0;
        }
        List<UsageRow> rows = new ArrayList<>(taken.size());
        taken.forEach((cell, counts) -> rows.add(new UsageRow(cell, counts)));
        rows.sort(Comparator.comparing(UsageRow::cell));
        return rows;
    }

    static LocalDate today(Clock clock) {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
