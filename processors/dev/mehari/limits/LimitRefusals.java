package dev.mehari.limits;

import dev.mehari.failure.LimitExceeded;
import dev.mehari.limits.LimitDecision.Refused;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From a refusal to what its caller is told. Codes, names and messages of concurrency and money are those that clients of
 * claude-relay-service know, so that they go on working.
 */
final class LimitRefusals {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int NANOS_OF_A_DOLLAR = 9;
    private static final int SHORTEST_RETRY = 5;
    private static final int LONGEST_RETRY = 30;

    private final Clock clock;

    LimitRefusals(Clock clock) {
        this.clock = clock;
    }

    LimitExceeded of(Refused refused) {
        return switch (refused.kind()) {
            case CONCURRENCY -> concurrency(refused.current(), refused.limit());
            case REQUESTS -> rate(refused, "rate_limit_exceeded", "Too many requests. Limit: %d in each window");
            case TOKENS_PER_MINUTE ->
                rate(refused, "token_limit_exceeded", "Too many tokens. Limit: %d in each minute");
            case TOKENS -> rate(refused, "token_limit_exceeded", "Too many tokens. Limit: %d in each window");
            case COST_DAILY -> cost(refused, "daily_cost_limit_exceeded", "Daily cost limit reached. Limit: $%s");
            case COST_WEEKLY -> cost(refused, "weekly_cost_limit_exceeded", "Weekly cost limit reached. Limit: $%s");
            case COST_TOTAL -> cost(refused, "total_cost_limit_exceeded", "Total cost limit reached. Limit: $%s");
        };
    }

    /** @param waiting calls that stand in the key's queue */
    LimitExceeded queueFull(long current, int limit, int waiting, QueueLimit queue) {
        long retryAfter = ceilSeconds(queue.timeout());
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("currentConcurrency", current);
        details.put("concurrencyLimit", limit);
        details.put("queueCount", waiting);
        details.put("maxQueueSize", queue.size());
        details.put("queueTimeoutMs", queue.timeout().toMillis());
        details.put("retryAfterSeconds", retryAfter);
        return refusal(
                LimitExceeded.Kind.CONCURRENCY,
                "concurrency_queue_full",
                "Too many concurrent requests. Limit: " + limit + " concurrent requests, and " + queue.size()
                        + " wait already",
                details,
                Duration.ofSeconds(retryAfter));
    }

    /** @param waitedMillis how long the call has waited */
    LimitExceeded queueTimeout(long current, int limit, long waitedMillis, QueueLimit queue) {
        long half = ceilSeconds(queue.timeout().dividedBy(2));
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("currentConcurrency", current);
        details.put("concurrencyLimit", limit);
        details.put("waitTimeMs", waitedMillis);
        return refusal(
                LimitExceeded.Kind.CONCURRENCY,
                "queue_timeout",
                "No other request has ended within " + waitedMillis + " ms. Limit: " + limit + " concurrent requests",
                details,
                Duration.ofSeconds(Math.max(SHORTEST_RETRY, Math.min(LONGEST_RETRY, half))));
    }

    /** For a call whose lease is gone while it still runs. */
    static LimitExceeded leaseLost() {
        return refusal(
                LimitExceeded.Kind.CONCURRENCY,
                "lease_lost",
                "The request was ended because its place among the key's concurrent requests was taken back",
                Map.of(),
                SOON);
    }

    private static LimitExceeded concurrency(long current, long limit) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("currentConcurrency", current);
        details.put("concurrencyLimit", limit);
        return refusal(
                LimitExceeded.Kind.CONCURRENCY,
                "concurrency_limit_exceeded",
                "Too many concurrent requests. Limit: " + limit + " concurrent requests",
                details,
                SOON);
    }

    private LimitExceeded rate(Refused refused, String code, String message) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("current", refused.current());
        details.put("limit", refused.limit());
        addReset(details, refused.resetAt());
        return refusal(
                LimitExceeded.Kind.RATE, code, message.formatted(refused.limit()), details, until(refused.resetAt()));
    }

    private LimitExceeded cost(Refused refused, String code, String message) {
        BigDecimal limit = dollars(refused.limit());
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("currentCost", dollars(refused.current()));
        details.put("costLimit", limit);
        Instant resetAt = refused.resetAt();
        addReset(details, resetAt);
        return refusal(
                LimitExceeded.Kind.BUDGET,
                code,
                message.formatted(limit.toPlainString()),
                details,
                resetAt == null ? null : until(resetAt));
    }

    private static LimitExceeded refusal(
            LimitExceeded.Kind kind,
            String code,
            String message,
            Map<String, Object> details,
            @Nullable Duration retryAfter) {
        return new LimitExceeded(kind, code, message, Collections.unmodifiableMap(details), retryAfter);
    }

    private static void addReset(Map<String, Object> details, @Nullable Instant resetAt) {
        if (resetAt != null) {
            details.put("resetAt", resetAt.toString());
        }
    }

    /** Whole seconds, rounded up, so that whoever comes back then is not refused once more. */
    private Duration until(@Nullable Instant resetAt) {
        return resetAt == null
                ? SOON
                : Duration.ofSeconds(Math.max(1, ceilSeconds(Duration.between(clock.instant(), resetAt))));
    }

    private static long ceilSeconds(Duration time) {
        return -Math.floorDiv(-time.toMillis(), 1_000L);
    }

    private static BigDecimal dollars(long nanoDollars) {
        BigDecimal exact = BigDecimal.valueOf(nanoDollars, NANOS_OF_A_DOLLAR).stripTrailingZeros();
        return exact.scale() < 0 ? exact.setScale(0) : exact;
    }
}
