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
 * Calls added up by key, model and day until somebody takes the sums. For any thread; a call waits for the sums for about
 * 0.1 µs.
 */
final class UsageSums implements UsageObserver {
    private static final long MILLIS_PER_DAY = 86_400_000;

    private record Cell(long keyId, String model, LocalDate day) {}

    private final Clock clock;
    private final Object lock = new Object();
    private final ModelNames names = new ModelNames();
    private Map<Cell, UsageRow> cells = new HashMap<>();
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
            cells.merge(new Cell(call.keyId(), model, today), UsageRow.of(call, model, today), UsageRow::plus);
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

    /** Takes all sums, in the order of key, model and day, which all writers keep so that none waits for another in turn. */
    List<UsageRow> take() {
        Map<Cell, UsageRow> taken;
        synchronized (lock) {
            taken = cells;
            cells = new HashMap<>();
            calls = 0;
        }
        List<UsageRow> rows = new ArrayList<>(taken.values());
        rows.sort(Comparator.comparingLong(UsageRow::keyId)
                .thenComparing(UsageRow::model)
                .thenComparing(UsageRow::day));
        return rows;
    }

    static LocalDate today(Clock clock) {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
