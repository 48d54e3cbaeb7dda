package dev.mehari.telemetry;

import dev.mehari.limits.BatchObserver;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Meters of the ledger that instances share; there are none when limits are kept in memory. */
public final class LedgerMeters implements BatchObserver {
    private static final double MILLIS_PER_SECOND = 1000;
    private static final Duration[] TIMES = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500)
    };
    private static final double[] SIZES = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000};

    private final MeterRegistry registry;
    private final Timer time;
    private final DistributionSummary size;

    public LedgerMeters(MeterRegistry registry) {
        this.registry = registry;
        time = Timer.builder("mehari.ledger.batch.duration")
                .description("Time of a round trip to the ledger")
                .serviceLevelObjectives(TIMES)
                .register(registry);
        size = DistributionSummary.builder("mehari.ledger.batch.size")
                .description("Requests, settlements and renewals in a round trip to the ledger")
                .serviceLevelObjectives(SIZES)
                .register(registry);
    }

    @Override
    public void travelled(int many, long nanos) {
        time.record(nanos, TimeUnit.NANOSECONDS);
        size.record(many);
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
                "allotment",
                decisions,
                ledger,
                one -> view.apply(one).drawn());
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
