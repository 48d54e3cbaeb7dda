package dev.mehari.caller;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.net.InetAddress;
import java.time.Duration;

/**
 * How long to wait before saying that a key is unknown, so that nobody finds one by trying: with the n-th unknown key from
 * one address within a minute, nothing for n up to 3, then 100 ms, doubling up to 5 s. What counts as one address
 * {@link ClientNetwork} says. Remembers the 10,000 addresses that tried last, about 100 bytes each. Any thread.
 */
public final class KeyGuesses {
    private static final int FREE = 3;
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 5_000;
    private static final int DOUBLINGS = 6;
    private static final int MOST_ADDRESSES = 10_000;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final Ticker ticker;
    private final Cache<String, Tries> tries;

    private record Tries(long sinceNanos, int count) {}

    public KeyGuesses(Ticker ticker) {
        this.ticker = ticker;
        tries = Caffeine.newBuilder()
                .maximumSize(MOST_ADDRESSES)
                .expireAfterWrite(WINDOW)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /** Counts one unknown key from {@code address}, and says how long its answer is to wait. */
    Duration next(InetAddress address) {
        long now = ticker.read();
        Tries counted = tries.asMap().merge(ClientNetwork.of(address), new Tries(now, 1), (before, one) -> {
            boolean over = now - before.sinceNanos() >= WINDOW.toNanos();
            return over ? one : new Tries(before.sinceNanos(), Math.addExact(before.count(), 1));
        });
        int beyond = counted.count() - FREE;
        if (beyond <= 0) {
            return Duration.ZERO;
        }
        return Duration.ofMillis(
                beyond > DOUBLINGS ? LONGEST_MILLIS : Math.min(LONGEST_MILLIS, FIRST_MILLIS << (beyond - 1)));
    }
}
