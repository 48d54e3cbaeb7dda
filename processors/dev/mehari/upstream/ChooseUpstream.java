package dev.mehari.upstream;

import dev.mehari.caller.AllowList;
import dev.mehari.caller.Caller;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.Forbidden;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.RequestRejected;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Sets {@code mehari.candidates}: the upstreams that the call can go to, best first; named {@code chooseUpstream} in the
 * routes. Those are candidates that take calls of its dialect, that the caller's key may be used for, that serve the model,
 * that are not marked as failed and whose circuit breaker lets calls through; should there be none but with an open breaker,
 * these, so that the breaker says for how long. Those that are left alone for a while are kept apart. Their order: priority,
 * then {@link WeightedOrder}.
 *
 * <p>Fails with {@link RequestRejected} when no upstream speaks the dialect ({@code no_upstream}) or none serves the model
 * ({@code model_not_found}), with {@link Forbidden} when the key may be used for none of them, and with {@link GatewayBusy}
 * when all are marked as failed. When the call has been tried before, and nothing is left but an open breaker at best, it fails
 * as that try did, so that the client gets what the upstream answered last. For any thread.
 */
public final class ChooseUpstream implements Processor {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final int LONGEST_SHOWN = 200;

    private final Upstreams upstreams;
    private final UpstreamHealth marks;
    private final UpstreamHealth ejections;
    private final UpstreamHealth breakers;
    private final WeightedOrder order;

    /**
     * A chooser.
     *
     * @param marks false for an upstream that is marked as failed
     * @param ejections false for an upstream that is left alone for a while
     * @param breakers false for an upstream whose circuit breaker is open
     */
    public ChooseUpstream(
            Upstreams upstreams,
            UpstreamHealth marks,
            UpstreamHealth ejections,
            UpstreamHealth breakers,
            WeightedOrder order) {
        this.upstreams = upstreams;
        this.marks = marks;
        this.ejections = ejections;
        this.breakers = breakers;
        this.order = order;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        try {
            choose(exchange);
        } catch (MehariFailure nothing) {
            Exception before = failedBefore(exchange);
            throw before == null ? nothing : before;
        }
    }

    /** How the try before this one has failed; null at the first. */
    private static @Nullable Exception failedBefore(Exchange exchange) {
        return exchange.getProperty(ExchangeKeys.ATTEMPTS) == null
                ? null
                : exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    }

    private void choose(Exchange exchange) throws Exception {
        Dialect dialect = (Dialect) exchange.getProperty(ExchangeKeys.DIALECT);
        AllowList allowed = exchange.getProperty(ExchangeKeys.CALLER) instanceof Caller caller
                ? caller.access().upstreams()
                : AllowList.ALL;
        List<Upstream> serving = serving(
                dialect == null ? Dialect.PLAIN : dialect, allowed, (String) exchange.getProperty(ExchangeKeys.MODEL));
        Candidates candidates = candidates(serving);
        Exception before = failedBefore(exchange);
        if (before != null && !breakers.isUsable(candidates.upstreams().get(0))) {
            throw before;
        }
        exchange.setProperty(ExchangeKeys.CANDIDATES, candidates);
    }

    Candidates candidates(Dialect dialect, AllowList allowed, @Nullable String model) throws MehariFailure {
        return candidates(serving(dialect, allowed, model));
    }

    private Candidates candidates(List<Upstream> serving) throws GatewayBusy {
        List<Upstream> unmarked = unmarked(serving);
        List<Upstream> closed = only(unmarked, breakers::isUsable);
        List<Upstream> possible = closed.isEmpty() ? unmarked : closed;
        List<Upstream> well = only(possible, ejections::isUsable);
        List<Upstream> others = well.size() == possible.size() || well.isEmpty()
                ? List.of()
                : order.of(only(possible, upstream -> !ejections.isUsable(upstream)));
        List<Upstream> ordered = order.of(well.isEmpty() ? possible : well);
        Upstream best = ordered.get(0);
        Upstream first = serving.get(0);
        return new Candidates(
                ordered, others, first.options().priority() == best.options().priority() ? best : first);
    }

    /** By priority; never empty. */
    private List<Upstream> serving(Dialect dialect, AllowList allowed, @Nullable String model) throws MehariFailure {
        List<Upstream> speaking = upstreams.forDialect(dialect);
        List<Upstream> permitted =
                allowed.allowsAll() ? speaking : only(speaking, upstream -> allowed.allows(upstream.name()));
        if (permitted.isEmpty()) {
            throw new Forbidden(
                    "upstream_not_allowed",
                    "This API key may not be used for any upstream that this call could go to.",
                    Map.of("allowedUpstreams", allowed.patterns()));
        }
        List<Upstream> serving = only(permitted, upstream -> upstream.options().serves(model));
        if (serving.isEmpty()) {
            throw new RequestRejected(
                    RequestRejected.Kind.UNKNOWN_PATH,
                    "model_not_found",
                    "The model `" + shown(model) + "` does not exist here, or this API key may not use it.",
                    "model");
        }
        return serving;
    }

    /** Never empty. */
    private List<Upstream> unmarked(List<Upstream> serving) throws GatewayBusy {
        List<Upstream> unmarked = only(serving, marks::isUsable);
        if (unmarked.isEmpty()) {
            throw new GatewayBusy(
                    GatewayBusy.Reason.NO_UPSTREAM,
                    "Every upstream that this call could go to is marked as failed; try again later.",
                    RETRY_AFTER);
        }
        return unmarked;
    }

    /** {@code all} itself where every one passes, as almost always. */
    private static List<Upstream> only(List<Upstream> all, Predicate<Upstream> test) {
        for (Upstream upstream : all) {
            if (!test.test(upstream)) {
                return all.stream().filter(test).toList();
            }
        }
        return all;
    }

    private static String shown(@Nullable String model) {
        String text = String.valueOf(model);
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }
}
