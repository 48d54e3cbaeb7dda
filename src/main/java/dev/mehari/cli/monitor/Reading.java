package dev.mehari.cli.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway said at one moment, out of {@code GET /api/monitor}. What a gateway of another version does not say is
 * empty or 0.
 *
 * @param at null when it did not say
 * @param open calls that have begun and not ended
 * @param streams event streams that clients are being sent
 * @param calls since the start, as are the refused ones
 */
record Reading(
        String instance,
        String status,
        @Nullable Instant at,
        long active,
        long maxConcurrent,
        long waiting,
        long maxQueue,
        long open,
        long streams,
        double perSecond,
        long calls,
        long refused,
        LastMinute lastMinute,
        Listed<Upstream> upstreams,
        Listed<Key> keys,
        Listed<Credential> credentials) {

    /** By second, the oldest first. */
    record LastMinute(List<Long> calls, List<Long> refused, Latency latency) {
        long allCalls() {
            return calls.stream().mapToLong(Long::longValue).sum();
        }

        long allRefused() {
            return refused.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** In milliseconds. */
    record Latency(long seconds, long calls, double p50, double p95, double p99) {}

    /**
     * The first rows of a list.
     *
     * @param total how many there are, at least as many as rows
     */
    record Listed<T>(List<T> rows, int total) {}

    record Upstream(String name, String state, String breaker, long inFlight, long calls, long failures, long away) {}

    record Key(String name, long active, long waiting, double perSecond, long calls, long refused, long failed) {}

    /** @param benchedFor null unless a bench has an end to come */
    record Credential(
            String name,
            String upstream,
            String state,
            @Nullable Duration benchedFor,
            long inFlight,
            long cap,
            long calls,
            long failures) {}

    static Reading of(JsonNode json) {
        JsonNode metrics = json.path("metrics");
        JsonNode minute = json.path("last_minute");
        JsonNode latency = minute.path("latency");
        Instant at = instant(json.path("timestamp"));
        return new Reading(
                text(json, "instance"),
                text(json, "status"),
                at,
                metrics.path("active_requests").asLong(),
                metrics.path("max_concurrent").asLong(),
                metrics.path("queued_requests").asLong(),
                json.path("config").path("max_queue_size").asLong(),
                metrics.path("open_requests").asLong(),
                json.path("streams").asLong(),
                metrics.path("current_rps").asDouble(),
                metrics.path("total_requests").asLong(),
                metrics.path("rejected_requests").asLong(),
                new LastMinute(
                        numbers(minute.path("calls")),
                        numbers(minute.path("refused")),
                        new Latency(
                                latency.path("seconds").asLong(),
                                latency.path("calls").asLong(),
                                latency.path("p50").asDouble(),
                                latency.path("p95").asDouble(),
                                latency.path("p99").asDouble())),
                listed(json, "upstreams", at, (upstream, now) -> upstream(upstream)),
                listed(json, "keys", at, (key, now) -> key(key)),
                listed(json, "credentials", at, Reading::credential));
    }

    private static Upstream upstream(JsonNode json) {
        return new Upstream(
                text(json, "name"),
                text(json, "state"),
                text(json, "breaker"),
                json.path("in_flight").asLong(),
                json.path("calls").asLong(),
                json.path("failures").asLong(),
                json.path("not_permitted").asLong());
    }

    private static Key key(JsonNode json) {
        return new Key(
                text(json, "name"),
                json.path("active").asLong(),
                json.path("waiting").asLong(),
                json.path("rps").asDouble(),
                json.path("calls").asLong(),
                json.path("refused").asLong(),
                json.path("failed").asLong());
    }

    private static Credential credential(JsonNode json, @Nullable Instant now) {
        Instant until = instant(json.path("until"));
        return new Credential(
                text(json, "name"),
                text(json, "upstream"),
                text(json, "state"),
                until == null || now == null || until.isBefore(now) ? null : Duration.between(now, until),
                json.path("in_flight").asLong(),
                json.path("cap").asLong(),
                json.path("calls").asLong(),
                json.path("failures").asLong());
    }

    private static <T> Listed<T> listed(
            JsonNode json, String name, @Nullable Instant now, BiFunction<JsonNode, @Nullable Instant, T> row) {
        List<T> rows = new ArrayList<>();
        json.path(name).forEach(one -> rows.add(row.apply(one, now)));
        return new Listed<>(
                List.copyOf(rows),
                Math.max(rows.size(), json.path(name + "_total").asInt()));
    }

    private static List<Long> numbers(JsonNode array) {
        List<Long> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.asLong()));
        return List.copyOf(numbers);
    }

    /** Without what a terminal would take for a command. */
    private static String text(JsonNode json, String name) {
        return json.path(name).asText("").replaceAll("\\p{C}", "?");
    }

    private static @Nullable Instant instant(JsonNode json) {
        try {
            return json.isTextual() ? Instant.parse(json.asText()) : null;
        } catch (DateTimeParseException unreadable) {
            return null;
        }
    }
}
