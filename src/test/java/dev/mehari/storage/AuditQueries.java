package dev.mehari.storage;

import dev.mehari.answer.EndedCall.Outcome;
import dev.mehari.audit.AuditPosition;
import dev.mehari.audit.AuditQuery;
import dev.mehari.audit.RollUpQuery;
import dev.mehari.audit.RollUpQuery.Part;
import dev.mehari.audit.RollUpQuery.Span;
import dev.mehari.audit.StatusRange;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Every kind of query that {@code /api/audit} takes, by name, for what {@link AuditFill} has put in. */
final class AuditQueries {
    private static final int PAGE = 100;
    private static final String LOST = "00000000000000000000000000000000";

    private final AuditFill fill;
    private final Map<String, AuditQuery> searches = new LinkedHashMap<>();

    private AuditQueries(AuditFill fill) {
        this.fill = fill;
    }

    /** The parts of a query that matter here, each null at first. */
    private static final class Asked {
        Instant from;
        Instant to;
        Long key;
        String upstream;
        Long credential;
        String model;
        String status;
        Outcome outcome;
        String request;
        String trace;

        AuditQuery query(AuditPosition after) {
            return new AuditQuery(
                    from,
                    to,
                    key,
                    upstream,
                    credential,
                    model,
                    status == null ? null : StatusRange.parse(status),
                    outcome,
                    request,
                    trace,
                    after,
                    PAGE);
        }
    }

    /** Searches, each with its first page, and with one in the middle of all, named "…, deep". */
    static Map<String, AuditQuery> searches(AuditFill fill) {
        AuditQueries all = new AuditQueries(fill);
        String request = fill.one("request_id");
        String trace = fill.one("trace_id");
        all.add("newest", asked -> {});
        all.add("an hour", asked -> all.time(asked, 0.5, 0.5 + 1 / 120.0));
        all.add("a day", asked -> all.time(asked, 0.4, 0.6));
        all.add("before there was any", asked -> asked.to = fill.at(0));
        all.add("key of 10 %", asked -> asked.key = 1L);
        all.add("key of 0.1 %", asked -> asked.key = 100L);
        all.add("key of 0.02 %", asked -> asked.key = 700L);
        all.add("key of 0.002 %", asked -> asked.key = AuditFill.RARE_KEY);
        all.add("key, long ago", asked -> asked.key = AuditFill.LONG_AGO_KEY);
        all.add("key, one hour a day", asked -> asked.key = AuditFill.ONE_HOUR_KEY);
        all.add("key, unknown", asked -> asked.key = 123_456L);
        all.add("upstream", asked -> asked.upstream = "upstream-1");
        all.add("upstream, rare", asked -> asked.upstream = AuditFill.RARE_UPSTREAM);
        all.add("upstream, unknown", asked -> asked.upstream = "none");
        all.add("credential", asked -> asked.credential = 15L);
        all.add("credential, rare", asked -> asked.credential = AuditFill.RARE_CREDENTIAL);
        all.add("credential, unknown", asked -> asked.credential = 123_456L);
        all.add("model", asked -> asked.model = model(8));
        all.add("model, rare", asked -> asked.model = AuditFill.RARE_MODEL);
        all.add("model, unknown", asked -> asked.model = "none");
        for (String status : new String[] {"200", "204", "418", "429", "502", "2xx", "3xx", "4xx", "5xx", "0"}) {
            all.add("status " + status, asked -> asked.status = status);
        }
        for (Outcome outcome : Outcome.values()) {
            all.add("outcome " + outcome, asked -> asked.outcome = outcome);
        }
        all.add("request id", asked -> asked.request = request);
        all.add("request id, unknown", asked -> asked.request = LOST);
        all.add("trace id", asked -> asked.trace = trace);
        all.add("trace id, unknown", asked -> asked.trace = LOST);
        all.addTwo(request);
        return all.searches;
    }

    private void addTwo(String request) {
        add("key and day", asked -> {
            asked.key = 20L;
            time(asked, 0.4, 0.6);
        });
        add("rare key and hour", asked -> {
            asked.key = 700L;
            time(asked, 0.5, 0.5 + 1 / 120.0);
        });
        add("key and its model", asked -> {
            asked.key = 2L;
            asked.model = model(15);
        });
        add("key and a model of others", asked -> {
            asked.key = AuditFill.ONE_HOUR_KEY;
            asked.model = AuditFill.RARE_MODEL;
        });
        add("key and failures", asked -> {
            asked.key = 5L;
            asked.outcome = Outcome.FAILURE;
        });
        add("key and 5xx", asked -> {
            asked.key = 5L;
            asked.status = "5xx";
        });
        add("upstream and its model", asked -> {
            asked.upstream = "upstream-3";
            asked.model = model(8);
        });
        add("upstream and a model of another", asked -> {
            asked.upstream = "upstream-4";
            asked.model = model(8);
        });
        add("upstream and a credential of another", asked -> {
            asked.upstream = "upstream-4";
            asked.credential = 15L;
        });
        add("upstream and refusals", asked -> {
            asked.upstream = "upstream-3";
            asked.outcome = Outcome.REFUSED;
        });
        add("success and 5xx", asked -> {
            asked.outcome = Outcome.SUCCESS;
            asked.status = "5xx";
        });
        add("failure and 200", asked -> {
            asked.outcome = Outcome.FAILURE;
            asked.status = "200";
        });
        add("cancelled and 429", asked -> {
            asked.outcome = Outcome.CANCELLED;
            asked.status = "429";
        });
        add("key, upstream, model, outcome and day", asked -> {
            asked.key = 1L;
            asked.upstream = "upstream-3";
            asked.model = model(8);
            asked.outcome = Outcome.SUCCESS;
            time(asked, 0.2, 0.4);
        });
        add("request id and key of another", asked -> {
            asked.request = request;
            asked.key = 123_456L;
        });
    }

    private void add(String name, Consumer<Asked> asking) {
        Asked asked = new Asked();
        asking.accept(asked);
        searches.put(name, asked.query(null));
        Instant end = asked.to == null ? fill.at(1) : asked.to;
        Instant begin = asked.from == null ? fill.at(0) : asked.from;
        Instant middle = begin.plus(Duration.between(begin, end).dividedBy(2));
        searches.put(name + ", deep", asked.query(new AuditPosition(AuditRows.micros(middle), 2, 1)));
    }

    private void time(Asked asked, double from, double to) {
        asked.from = fill.at(from);
        asked.to = fill.at(to);
    }

    private static String model(int number) {
        return "provider/model-" + number + "-2026-01-31";
    }

    /** Sums, over the times that the API sums up when none is given. */
    static Map<String, RollUpQuery> sums(AuditFill fill) {
        Map<String, RollUpQuery> all = new LinkedHashMap<>();
        Instant end = fill.at(1);
        for (Span span : Span.values()) {
            String name = span == Span.HOUR ? "hours of a day" : "days of a month";
            Instant from = end.minus(Duration.ofDays(span == Span.HOUR ? 1 : 30));
            all.put(name, sum(span, from, end, null, null, Set.of()));
            all.put(name + " by key", sum(span, from, end, null, null, Set.of(Part.KEY)));
            all.put(
                    name + " by upstream, outcome",
                    sum(span, from, end, null, null, Set.of(Part.UPSTREAM, Part.OUTCOME)));
            all.put(name + " by all", sum(span, from, end, null, null, Set.of(Part.values())));
            all.put(name + " of a key by model", sum(span, from, end, 1L, null, Set.of(Part.MODEL)));
            all.put(name + " of a model", sum(span, from, end, null, model(8), Set.of()));
        }
        return all;
    }

    private static RollUpQuery sum(Span span, Instant from, Instant to, Long key, String model, Set<Part> by) {
        return new RollUpQuery(span, from, to, key, null, model, null, by);
    }
}
