package dev.mehari.telemetry;

import dev.mehari.retry.RetryCounts;
import dev.mehari.retry.RetryDecision.Reason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What became of tries that failed, as a Micrometer meter. */
public final class RetryMeters {
    private final RetryCounts counts;

    public RetryMeters(RetryCounts counts) {
        this.counts = counts;
    }

    public void bindTo(MeterRegistry registry) {
        counter(registry, "retried", RetryCounts::again);
        for (Reason reason : Reason.values()) {
            counter(registry, reason.name().toLowerCase(Locale.ROOT), all -> all.givenUp(reason));
        }
    }

    private void counter(MeterRegistry registry, String outcome, ToDoubleFunction<RetryCounts> count) {
        FunctionCounter.builder("mehari.retries", counts, count)
                .description("Tries that failed, by what became of the call then")
                .tag("outcome", outcome)
                .register(registry);
    }
}
