package dev.mehari.telemetry;

import dev.mehari.usage.MeteredCall;
import dev.mehari.usage.TokenUsage;
import dev.mehari.usage.UsageObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Micrometer meters of tokens and money, listed in {@code docs/metrics.md}. */
public final class UsageMeters implements UsageObserver {
    private static final double NANO = 1e-9;

    private final MeterRegistry registry;
    private final List<LongSupplier> followed = new ArrayList<>();
    private final Counter input;
    private final Counter cached;
    private final Counter cacheWrite;
    private final Counter output;
    private final Counter reasoning;
    private final Counter cost;
    private final Counter estimated;

    public UsageMeters(MeterRegistry registry) {
        this.registry = registry;
        input = tokens("input");
        cached = tokens("cached");
        cacheWrite = tokens("cache_write");
        output = tokens("output");
        reasoning = tokens("reasoning");
        cost = Counter.builder("mehari.usage.cost")
                .description("What calls have cost by the prices in force")
                .baseUnit("usd")
                .register(registry);
        estimated = Counter.builder("mehari.usage.estimated")
                .description("Calls of whose usage a part is estimated")
                .register(registry);
    }

    /** Shows two counts that others keep. */
    public void follow(LongSupplier unpricedCalls, LongSupplier unwrittenCalls) {
        followed.add(unpricedCalls); // the meter alone would let it be collected
        FunctionCounter.builder("mehari.usage.unpriced", unpricedCalls, LongSupplier::getAsLong)
                .description("Calls that cost nothing because their model has no price")
                .register(registry);
        Gauge.builder("mehari.usage.unwritten", unwrittenCalls, LongSupplier::getAsLong)
                .description("Calls whose usage is not yet in the database")
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void used(MeteredCall call) {
        TokenUsage tokens = call.tokens();
        input.increment((double) tokens.input());
        output.increment((double) tokens.output());
        if (tokens.cachedInput() + tokens.cacheWrite() + tokens.reasoning() > 0) {
            cached.increment((double) tokens.cachedInput());
            cacheWrite.increment((double) tokens.cacheWrite());
            reasoning.increment((double) tokens.reasoning());
        }
        if (call.nanoDollars() > 0) {
            cost.increment((double) call.nanoDollars() * NANO);
        }
        if (call.estimated()) {
            estimated.increment();
        }
    }

    private Counter tokens(String kind) {
        return Counter.builder("mehari.usage.tokens")
                .description("Tokens that calls have used")
                .tag("kind", kind)
                .register(registry);
    }
}
