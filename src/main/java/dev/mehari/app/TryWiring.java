package dev.mehari.app;

import dev.mehari.admin.ChangeBreaker;
import dev.mehari.admin.ChangeBreaker.Action;
import dev.mehari.admin.ShowBreakers;
import dev.mehari.config.Configuration;
import dev.mehari.eip.breaker.OpenBreakers;
import dev.mehari.eip.breaker.UpstreamBreakers;
import dev.mehari.eip.redelivery.RedeliveryTimer;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.retry.BeginTry;
import dev.mehari.retry.NoteFailure;
import dev.mehari.retry.RetryBudget;
import dev.mehari.retry.RetryCounts;
import dev.mehari.retry.RetryRule;
import dev.mehari.retry.TryAgain;
import dev.mehari.telemetry.RetryMeters;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamHealth;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Collection;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds what asks an upstream once and, where that helps, again: the steps of a try, the retries, the breakers. */
final class TryWiring {
    private final Configuration configuration;
    private final WarmUp warmUp;
    private final RedeliveryTimer timer;
    private final RetryBudget budget;
    private final RetryCounts counts = new RetryCounts();
    private final OpenBreakers openBreakers = new OpenBreakers(System::nanoTime);
    private final UpstreamBreakers breakers;

    /** @param loops wait for retries of what is no call */
    TryWiring(Configuration configuration, ScheduledExecutorService loops, WarmUp warmUp) {
        this.configuration = configuration;
        this.warmUp = warmUp;
        timer = new RedeliveryTimer(loops);
        budget = new RetryBudget(configuration.retry().budgetPercent(), System.nanoTime());
        breakers = new UpstreamBreakers(exchange -> warmUp.isOurs(exchange) ? null : called(exchange), openBreakers);
    }

    /**
     * Binds what routes name.
     *
     * @param pool makes tries, and learns from them
     * @param upstreams names of all that there are
     * @param meterFailedTry looks at each failed try before anybody else
     */
    void bindTo(
            Main main,
            MeterRegistry meters,
            PoolWiring pool,
            Supplier<Collection<String>> upstreams,
            Processor meterFailedTry) {
        main.bind("beginTry", warmUp.uncounted(new BeginTry(budget, System::nanoTime)));
        main.bind("takeCredential", pool.takeCredential());
        main.bind("judgeAnswer", pool.judgeAnswer());
        main.bind("noteFailure", noteFailure(pool, meterFailedTry));
        main.bind("tryAgain", timer.watching(new TryAgain()));
        main.bind("retryTimer", timer);
        new RetryMeters(counts).bindTo(meters);

        BreakersOffice office = new BreakersOffice(breakers, upstreams);
        main.bind("showBreakers", new ShowBreakers(office));
        main.bind("openBreaker", new ChangeBreaker(office, Action.OPEN));
        main.bind("closeBreaker", new ChangeBreaker(office, Action.CLOSE));
        main.bind("resetBreaker", new ChangeBreaker(office, Action.RESET));
    }

    private NoteFailure noteFailure(PoolWiring pool, Processor meterFailedTry) {
        Processor learn = pool.learnFromFailure();
        return new NoteFailure(
                exchange -> {
                    meterFailedTry.process(exchange);
                    learn.process(exchange);
                },
                pool.ways(),
                new RetryRule(configuration.retry(), new SecureRandom()::nextDouble),
                budget,
                counts,
                configuration.timeouts().total(),
                Clock.systemUTC(),
                System::nanoTime);
    }

    UpstreamBreakers breakers() {
        return breakers;
    }

    OpenBreakers openBreakers() {
        return openBreakers;
    }

    /** What the breakers know of upstreams. */
    UpstreamHealth health() {
        return upstream -> breakers.lets(upstream.name());
    }

    private static @Nullable String called(Exchange exchange) {
        return exchange.getProperty(ExchangeKeys.UPSTREAM) instanceof Upstream upstream ? upstream.name() : null;
    }
}
