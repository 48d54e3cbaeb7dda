package dev.mehari.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Meters of the ledger that instances share; there are none when limits are kept in memory. */
public final class LedgerMeters {
    private static final double MILLIS_PER_SECOND = 1000;

    private final MeterRegistry registry;

    public LedgerMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows {@code ledger} as {@code view} sees it each time. */
    public <T> void follow(Function<T, LedgerView> view, T ledger) {
        Gauge.builder("mehari.ledger.waiting", ledger, one -> view.apply(one).waiting())
                .description("Requests on their way to the ledger")
                .strongReference(true)
                .register(registry);
        counter(
                "mehari.ledger.batches",
                null,
                "Round trips to the ledger",
                ledger,
                one -> view.apply(one).batches());
        String decisions = "Requests decided about, by whom";
        counter(
                "mehari.ledger.decisions",
                "database",
                decisions,
                ledger,
                one -> view.apply(one).decided());
        counter(
                "mehari.ledger.decisions",
                "alone",
                decisions,
                ledger,
                one -> view.apply(one).decidedAlone());
        counter(
                "mehari.ledger.decisions",
                "nobody",
                decisions,
                ledger,
                one -> view.apply(one).undecided());
        FunctionCounter.builder(
                        "mehari.ledger.away", ledger, one -> view.apply(one).awayMillis() / MILLIS_PER_SECOND)
                .description("How long the ledger's database has been away, altogether")
                .baseUnit("seconds")
                .register(registry);
        counter(
                "mehari.ledger.adopted",
                null,
                "Leases granted alone and entered into the database later",
                ledger,
                one -> view.apply(one).adopted());
        counter(
                "mehari.ledger.lost",
                null,
                "Leases that were gone while their calls ran; the calls were ended",
                ledger,
                one -> view.apply(one).lost());
    }

    private <T> void counter(
            String name, @Nullable String by, String description, T ledger, ToDoubleFunction<T> count) {
        FunctionCounter.Builder<T> counter =
                FunctionCounter.builder(name, ledger, count).description(description);
        if (by != null) {
            counter.tag("by", by);
        }
        counter.register(registry);
    }
}
