package dev.mehari.limits;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What limits mean, written as plainly as can be: remembers every call, and adds up those that count each time it is
 * asked. Time never steps back here.
 */
final class ReferenceLedger {
    /** One call: reserved until it is settled; then what it has used. */
    static final class Entry {
        final Instant begun;
        Charge counts;
        boolean holdsSlot = true;
        boolean isSettled;
        KeyLimits limits;

        Entry(Instant begun, Charge reserved, KeyLimits limits) {
            this.begun = begun;
            this.counts = reserved;
            this.limits = limits;
        }
    }

    /** The first limit that refuses, what is used of it and when it is reset (null for never). */
    record Refusal(LimitKind kind, long current, Instant resetAt) {}

    final List<Entry> entries = new ArrayList<>();

    /** Null when granted. */
    Refusal acquire(KeyLimits limits, Charge estimate, Instant now) {
        Refusal refusal = refusal(limits, estimate, now);
        if (refusal == null) {
            entries.add(new Entry(now, estimate, limits));
        }
        return refusal;
    }

    void settle(Entry entry, Charge used) {
        if (!entry.isSettled) {
            entry.isSettled = true;
            entry.holdsSlot = false;
            entry.counts = used;
        }
    }

    void takeBack(Entry entry) {
        if (entry.holdsSlot) {
            entry.holdsSlot = false;
            entry.counts = Charge.NONE;
        }
    }

    long active() {
        return entries.stream().filter(entry -> entry.holdsSlot).count();
    }

    long used(LimitKind kind, KeyLimits limits, Instant now) {
        return switch (kind) {
            case CONCURRENCY -> active();
            case REQUESTS ->
                limits.requests() == null
                        ? 0
                        : since(start(now, limits.requests().window()), entry -> 1);
            case TOKENS_PER_MINUTE -> since(start(now, Duration.ofMinutes(1)), entry -> entry.counts.tokens());
            case TOKENS ->
                limits.tokens() == null
                        ? 0
                        : since(start(now, limits.tokens().window()), entry -> entry.counts.tokens());
            case COST_DAILY -> since(day(now), entry -> entry.counts.nanoDollars());
            case COST_WEEKLY -> since(week(now), entry -> entry.counts.nanoDollars());
            case COST_TOTAL -> since(Instant.MIN, entry -> entry.counts.nanoDollars());
        };
    }

    private Refusal refusal(KeyLimits limits, Charge estimate, Instant now) {
        for (LimitKind kind : LimitKind.values()) {
            long most = most(kind, limits);
            long used = used(kind, limits, now);
            long wanted = switch (kind) {
                case CONCURRENCY, REQUESTS -> 1;
                case TOKENS_PER_MINUTE, TOKENS -> estimate.tokens();
                case COST_DAILY, COST_WEEKLY, COST_TOTAL -> estimate.nanoDollars();
            };
            if (most > 0 && (wanted == 0 ? used >= most : used + wanted > most)) {
                return new Refusal(kind, used, reset(kind, limits, now));
            }
        }
        return null;
    }

    static long most(LimitKind kind, KeyLimits limits) {
        return switch (kind) {
            case CONCURRENCY -> limits.concurrency();
            case REQUESTS -> limits.requests() == null ? 0 : limits.requests().most();
            case TOKENS_PER_MINUTE -> limits.tokensPerMinute();
            case TOKENS -> limits.tokens() == null ? 0 : limits.tokens().most();
            case COST_DAILY -> limits.dailyNanoDollars();
            case COST_WEEKLY -> limits.weeklyNanoDollars();
            case COST_TOTAL -> limits.totalNanoDollars();
        };
    }

    private static Instant reset(LimitKind kind, KeyLimits limits, Instant now) {
        return switch (kind) {
            case CONCURRENCY, COST_TOTAL -> null;
            case REQUESTS ->
                start(now, limits.requests().window()).plus(limits.requests().window());
            case TOKENS_PER_MINUTE -> start(now, Duration.ofMinutes(1)).plusSeconds(60);
            case TOKENS ->
                start(now, limits.tokens().window()).plus(limits.tokens().window());
            case COST_DAILY -> day(now).plus(Duration.ofDays(1));
            case COST_WEEKLY -> week(now).plus(Duration.ofDays(7));
        };
    }

    private long since(Instant start, ToLongFunction<Entry> amount) {
        return entries.stream()
                .filter(entry -> !entry.begun.isBefore(start))
                .mapToLong(amount)
                .sum();
    }

    private static Instant start(Instant now, Duration window) {
        long length = window.toMillis();
        return Instant.ofEpochMilli(now.toEpochMilli() / length * length);
    }

    private static Instant day(Instant now) {
        return date(now).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Instant week(Instant now) {
        return date(now)
                .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    private static LocalDate date(Instant now) {
        return now.atZone(ZoneOffset.UTC).toLocalDate();
    }
}
