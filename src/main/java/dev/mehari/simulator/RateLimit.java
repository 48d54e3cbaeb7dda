package dev.mehari.simulator;

import dev.mehari.exchange.Dialect;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Fixed windows of requests, one per account, aligned to the first request of an account. Accounts are forgotten, oldest
 * first, beyond {@value #MOST_ACCOUNTS}. Any thread.
 */
final class RateLimit {
    private static final int MOST_ACCOUNTS = 10_000;

    private final int limit;
    private final Duration window;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > MOST_ACCOUNTS;
        }
    };

    /** Allows {@code limit} requests in each {@code window}; a limit of 0 allows all. */
    RateLimit(int limit, Duration window) {
        this.limit = limit;
        this.window = window;
    }

    boolean isOn() {
        return limit > 0;
    }

    synchronized Budget take(String account, Instant now) {
        Window current = windows.get(account);
        if (current == null || !now.isBefore(current.ends())) {
            current = new Window(now.plus(window), 0);
        }
        boolean allowed = current.used() < limit;
        Window after = allowed ? new Window(current.ends(), current.used() + 1) : current;
        windows.put(account, after);
        return new Budget(allowed, limit, limit - after.used(), after.ends(), Duration.between(now, after.ends()));
    }

    private record Window(Instant ends, int used) {}

    /** What is left to an account after a request. */
    record Budget(boolean allowed, int limit, int remaining, Instant resetsAt, Duration resetsAfter) {
        long retryAfterSeconds() {
            return Math.max(1, (resetsAfter.toMillis() + 999) / 1000);
        }

        /** Returns the headers that tell a caller, named as its API names them. */
        Map<String, String> headers(Dialect dialect) {
            Map<String, String> headers = new LinkedHashMap<>();
            if (dialect == Dialect.ANTHROPIC) {
                headers.put("anthropic-ratelimit-requests-limit", Integer.toString(limit));
                headers.put("anthropic-ratelimit-requests-remaining", Integer.toString(remaining));
                headers.put("anthropic-ratelimit-requests-reset", resetsAt.toString());
            } else {
                headers.put("x-ratelimit-limit-requests", Integer.toString(limit));
                headers.put("x-ratelimit-remaining-requests", Integer.toString(remaining));
                headers.put("x-ratelimit-reset-requests", resetsAfter.toMillis() + "ms");
            }
            if (!allowed) {
                headers.put("retry-after", Long.toString(retryAfterSeconds()));
            }
            return headers;
        }
    }
}
