package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.answer.EndedCall;
import dev.mehari.audit.AuditJson;
import dev.mehari.audit.AuditSearch;
import dev.mehari.audit.Durations;
import dev.mehari.audit.RollUp;
import dev.mehari.audit.RollUpQuery;
import dev.mehari.audit.RollUpQuery.Part;
import dev.mehari.audit.RollUpQuery.Span;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /api/audit/hours} and {@code /api/audit/days} with sums of calls, {@code {"hours":[...]}} or
 * {@code {"days":[...]}}, latest first. Without {@code from} these are the last 24 hours or 30 days. {@code by} names what is
 * kept apart: {@code key}, {@code upstream}, {@code model}, {@code outcome}, with commas. Named {@code showAuditHours} and
 * {@code showAuditDays}.
 */
public final class ShowAuditSums extends AdminResource {
    private static final Set<String> FILTERS = Set.of("from", "to", "key", "upstream", "model", "outcome", "by");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MONTH = Duration.ofDays(30);

    private final AuditSearch search;
    private final Span span;
    private final Clock clock;

    public ShowAuditSums(AuditSearch search, Span span, Clock clock) {
        this.search = search;
        this.span = span;
        this.clock = clock;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AuditFilters filters = new AuditFilters(new AdminRequest(exchange).filters(FILTERS));
        Instant until = filters.time("to");
        Instant to = until == null ? clock.instant() : until;
        Instant since = filters.time("from");
        Instant from = since == null ? to.minus(span == Span.HOUR ? DAY : MONTH) : since;
        if (from.isAfter(to)) {
            throw AdminRefusal.invalidValue("from", "must not be after `to`");
        }
        Set<Part> by = filters.parsed("by", ShowAuditSums::parts);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray(span == Span.HOUR ? "hours" : "days");
        search.find(new RollUpQuery(
                        span,
                        from,
                        to,
                        filters.id("key"),
                        filters.text("upstream"),
                        filters.text("model"),
                        filters.outcome("outcome"),
                        by == null ? Set.of() : by))
                .forEach(sum -> list.add(json(sum)));
        AdminAnswer.put(exchange, 200, json);
    }

    private static Set<Part> parts(String text) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        for (String part : text.split(",", -1)) {
            parts.add(AuditFilters.constant(Part.values(), part));
        }
        return parts;
    }

    private static ObjectNode json(RollUp sum) {
        Long key = sum.keyId();
        EndedCall.Outcome outcome = sum.outcome();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("start", sum.start().toString())
                .put("key_id", key == null ? null : key.toString())
                .put("upstream", sum.upstream())
                .put("model", sum.model())
                .put("outcome", outcome == null ? null : AuditJson.lower(outcome))
                .put("calls", sum.calls())
                .put("retries", sum.retries())
                .put("estimated_calls", sum.tokens().estimated())
                .put("input_tokens", sum.tokens().input())
                .put("cached_tokens", sum.tokens().cachedInput())
                .put("cache_write_tokens", sum.tokens().cacheWrite())
                .put("output_tokens", sum.tokens().output())
                .put("reasoning_tokens", sum.tokens().reasoning())
                .put("cost", AuditJson.dollars(sum.nanoDollars()))
                .put("request_bytes", sum.requestBytes())
                .put("response_bytes", sum.responseBytes())
                .put("queue_mean_ms", mean(sum.queueMillis(), sum.queued()))
                .put("first_byte_mean_ms", mean(sum.firstByteMillis(), sum.firstBytes()));
        Durations took = sum.durations();
        json.putObject("duration_ms")
                .put("mean", took.mean())
                .put("p50", took.percentile(0.5))
                .put("p95", took.percentile(0.95))
                .put("p99", took.percentile(0.99));
        return json;
    }

    private static @Nullable Long mean(long sum, long count) {
        return count == 0 ? null : sum / count;
    }
}
