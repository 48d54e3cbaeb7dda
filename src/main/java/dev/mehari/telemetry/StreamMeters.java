package dev.mehari.telemetry;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.usage.StreamPace;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;

/**
 * How steadily event streams come: two values a stream, noted at its end, since a value for each event would cost more than
 * all else that is measured of it.
 */
public final class StreamMeters implements CallObserver {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(60)
    };

    private final Map<Dialect, Gaps> byDialect = new EnumMap<>(Dialect.class);

    /** The two meters of one dialect. */
    private record Gaps(Timer longest, Timer mean) {}

    public StreamMeters(MeterRegistry registry) {
        for (Dialect dialect : Dialect.values()) {
            byDialect.put(
                    dialect,
                    new Gaps(
                            timer(registry, dialect, "longest", "The longest silence within an event stream"),
                            timer(registry, dialect, "mean", "Mean time between two pieces of an event stream")));
        }
    }

    private static Timer timer(MeterRegistry registry, Dialect dialect, String which, String description) {
        return Timer.builder("mehari.stream.gap." + which)
                .description(description)
                .tag("dialect", dialect.name().toLowerCase(Locale.ROOT))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    @Override
    public void begun() {
        // counted when it has ended
    }

    @Override
    public void ended(EndedCall call) {
        // had no stream
    }

    @Override
    public void ended(Exchange exchange, EndedCall call) {
        Gaps gaps = byDialect.get(call.dialect());
        if (gaps != null && exchange.getProperty(ExchangeKeys.PACE) instanceof StreamPace pace && pace.pieces() > 1) {
            gaps.longest.record(pace.longestGapNanos(), TimeUnit.NANOSECONDS);
            gaps.mean.record(pace.meanGapNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
