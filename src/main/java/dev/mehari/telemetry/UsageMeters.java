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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Micrometer meters of tokens and money by upstream, listed in {@code docs/metrics.md}. For any thread. */
public final class UsageMeters implements UsageObserver {
    private static final double NANO = 1e-9;
    private static final String UPSTREAM = "upstream";
    private static final String UNKNOWN = "unknown";

    private final MeterRegistry registry;
    private final List<LongSupplier> followed = new ArrayList<>();
    private final Map<String, Of> byUpstream = new ConcurrentHashMap<>();
    private final Counter estimated;

    public UsageMeters(MeterRegistry registry) {
        this.registry = registry;
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
        String upstream = call.upstream() == null ? UNKNOWN : call.upstream();
        Of counters = byUpstream.get(upstream);
        if (counters == null) {
            counters = byUpstream.computeIfAbsent(upstream, name -> new Of(registry, name));
        }
        counters.count(call);
        if (call.estimated()) {
            estimated.increment();
        }
    }

    /** What one upstream's calls have used. */
    private static final class Of {
        private final Counter input;
        private final Counter cached;
        private final Counter cacheWrite;
        private final Counter output;
        private final Counter reasoning;
        private final Counter cost;

        Of(MeterRegistry registry, String upstream) {
            input = tokens(registry, upstream, "input");
            cached = tokens(registry, upstream, "cached");
            cacheWrite = tokens(registry, upstream, "cache_write");
            output = tokens(registry, upstream, "output");
            reasoning = tokens(registry, upstream, "reasoning");
            cost = Counter.builder("mehari.usage.cost")
                    .description("What calls have cost by the prices in force")
                    .baseUnit("usd")
                    .tag(UPSTREAM, upstream)
                    .register(registry);
        }

        private static Counter tokens(MeterRegistry registry, String upstream, String kind) {
            return Counter.builder("mehari.usage.tokens")
                    .description("Tokens that calls have used")
                    .tags(UPSTREAM, upstream, "kind", kind)
                    .register(registry);
        }

        void count(MeteredCall call) {
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
        }
    }
}
