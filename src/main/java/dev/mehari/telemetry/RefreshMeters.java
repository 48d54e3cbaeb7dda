package dev.mehari.telemetry;

import dev.mehari.credential.RefreshObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts how refreshes of tokens end: of all credentials together, since those are without number. */
public final class RefreshMeters implements RefreshObserver {
    private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);

    public RefreshMeters(MeterRegistry registry) {
        for (Outcome outcome : Outcome.values()) {
            counters.put(
                    outcome,
                    Counter.builder("mehari.token.refreshes")
                            .description("Refreshes of tokens by this instance, by how they ended")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    @Override
    public void ended(Outcome outcome) {
        Counter counter = counters.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }
}
