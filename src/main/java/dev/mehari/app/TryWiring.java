package dev.mehari.app;

import dev.mehari.admin.ChangeBreaker;
import dev.mehari.admin.ChangeBreaker.Action;
import dev.mehari.admin.ShowBreakers;
import dev.mehari.config.Configuration;
import dev.mehari.credential.Attempt;
import dev.mehari.credential.AttemptLog;
import dev.mehari.eip.breaker.OpenBreakers;
import dev.mehari.eip.breaker.UpstreamBreakers;
import dev.mehari.eip.redelivery.RedeliveryTimer;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.retry.BeginTry;
import dev.mehari.retry.EndTry;
import dev.mehari.retry.NoteFailure;
import dev.mehari.retry.RetryBudget;
import dev.mehari.retry.RetryCounts;
import dev.mehari.retry.RetryHints;
import dev.mehari.retry.RetryRule;
import dev.mehari.retry.TryAgain;
import dev.mehari.telemetry.RetryMeters;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamHealth;
import dev.mehari.upstream.Ways;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds what asks an upstream once and, where that helps, again: the steps of a try, the retries, the breakers. */
final class TryWiring {
    // What a try is made with while no pool of credentials makes it: the upstream that was chosen, and its own
    // credential. A
    // pool takes the place of the next five.
    private final Processor takeCredential = TryWiring::tryChosenUpstream;
    private final Processor spaceUserMessages = exchange -> {};
    private final Processor judgeAnswer;
    private final Processor learnFromFailure = exchange -> {};
    private final Ways ways = exchange -> Ways.Left.SAME;

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
        Set<Integer> statuses = configuration.retry().statuses();
        judgeAnswer = exchange -> refuseAnswer(exchange, statuses);
    }

    /** @param upstreams names of all that there are */
    void bindTo(Main main, MeterRegistry meters, Supplier<Collection<String>> upstreams) {
        main.bind("beginTry", warmUp.uncounted(new BeginTry(budget, System::nanoTime)));
        main.bind("takeCredential", takeCredential);
        main.bind("spaceUserMessages", spaceUserMessages);
        main.bind("judgeAnswer", judgeAnswer);
        main.bind("endTry", new EndTry());
        main.bind("noteFailure", noteFailure());
        main.bind("tryAgain", timer.watching(new TryAgain()));
        main.bind("retryTimer", timer);
        new RetryMeters(counts).bindTo(meters);

        BreakersOffice office = new BreakersOffice(breakers, upstreams);
        main.bind("showBreakers", new ShowBreakers(office));
        main.bind("openBreaker", new ChangeBreaker(office, Action.OPEN));
        main.bind("closeBreaker", new ChangeBreaker(office, Action.CLOSE));
        main.bind("resetBreaker", new ChangeBreaker(office, Action.RESET));
    }

    private NoteFailure noteFailure() {
        return new NoteFailure(
                learnFromFailure,
                ways,
                new RetryRule(configuration.retry()),
                budget,
                new RetryHints(Clock.systemUTC()),
                counts,
                configuration.timeouts().total(),
                System::nanoTime);
    }

    /** Told of breakers that open and close; nobody so far. */
    BreakerListener breakerListener() {
        return BreakerListener.NOBODY;
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

    private static void tryChosenUpstream(Exchange exchange) {
        if (!(exchange.getProperty(ExchangeKeys.UPSTREAM) instanceof Upstream upstream)) {
            throw new IllegalStateException("chooseUpstream has to run before takeCredential");
        }
        String model = (String) exchange.getProperty(ExchangeKeys.MODEL);
        Attempt attempt = new Attempt(upstream, null, model, System.nanoTime(), () -> {});
        AttemptLog log = (AttemptLog) exchange.getProperty(ExchangeKeys.ATTEMPTS);
        if (log == null) {
            log = new AttemptLog();
            exchange.setProperty(ExchangeKeys.ATTEMPTS, log);
        }
        log.add(attempt);
        exchange.setProperty(ExchangeKeys.ATTEMPT, attempt);
    }

    /** Those of 500 and above have failed already, in the breaker. */
    private static void refuseAnswer(Exchange exchange, Set<Integer> statuses) throws UpstreamRefused {
        if (exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE) instanceof Integer status
                && status >= 400
                && statuses.contains(status)) {
            throw new UpstreamRefused(status, exchange.getMessage());
        }
    }
}
