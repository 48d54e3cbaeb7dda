package dev.mehari.limits;

import org.jspecify.annotations.Nullable;

/**
 * The limits of one key. Zero and null mean no limit.
 *
 * @param concurrency calls at once, 0 to 1,000,000
 * @param requests calls begun per window
 * @param tokensPerMinute in fixed minutes, 0 to 10^12
 * @param tokens per window
 * @param dailyNanoDollars money per day, UTC, up to 1,000,000 USD
 * @param weeklyNanoDollars money per ISO week (from Monday), UTC
 * @param totalNanoDollars money altogether
 * @param queue null when calls beyond {@code concurrency} are refused at once
 */
public record KeyLimits(
        int concurrency,
        @Nullable WindowLimit requests,
        long tokensPerMinute,
        @Nullable WindowLimit tokens,
        long dailyNanoDollars,
        long weeklyNanoDollars,
        long totalNanoDollars,
        @Nullable QueueLimit queue) {
    public static final int GREATEST_CONCURRENCY = 1_000_000;
    public static final long GREATEST_NANO_DOLLARS = 1_000_000L * 1_000_000_000L;

    /** No limit at all. */
    public static final KeyLimits NONE = new KeyLimits(0, null, 0, null, 0, 0, 0, null);

    public KeyLimits {
        check("concurrency", concurrency, GREATEST_CONCURRENCY);
        check("tokens per minute", tokensPerMinute, WindowLimit.GREATEST);
        check("money per day", dailyNanoDollars, GREATEST_NANO_DOLLARS);
        check("money per week", weeklyNanoDollars, GREATEST_NANO_DOLLARS);
        check("money in total", totalNanoDollars, GREATEST_NANO_DOLLARS);
    }

    /** Only so many calls at once. */
    public static KeyLimits ofConcurrency(int concurrency) {
        return new KeyLimits(concurrency, null, 0, null, 0, 0, 0, null);
    }

    /** True when there is no limit, so that nobody has to be asked. */
    public boolean isNone() {
        return concurrency == 0 && requests == null && !hasTokens() && !hasBudget();
    }

    /** True when tokens are limited. */
    public boolean hasTokens() {
        return tokensPerMinute > 0 || tokens != null;
    }

    /** True when money is limited. */
    public boolean hasBudget() {
        return dailyNanoDollars > 0 || weeklyNanoDollars > 0 || totalNanoDollars > 0;
    }

    private static void check(String what, long value, long most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(what + " must be from 0 to " + most);
        }
    }
}
