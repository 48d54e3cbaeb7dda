package dev.mehari.telemetry;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Dialect;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Micrometer meters of calls, listed in {@code docs/metrics.md}. Those that every call needs are looked up once, so that
 * counting does not build tags.
 */
public final class CallMeters implements CallObserver {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(60),
        Duration.ofSeconds(300)
    };

    private final MeterRegistry registry;
    private final LongAdder open = new LongAdder();
    private final Map<Dialect, DialectMeters> byDialect = new EnumMap<>(Dialect.class);
    private final Map<String, Counter> refusals = new ConcurrentHashMap<>();

    public CallMeters(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("mehari.calls.open", open, LongAdder::sum)
                .description("Calls that have begun and not ended, waiting ones included")
                .strongReference(true)
                .register(registry);
        for (Dialect dialect : Dialect.values()) {
            byDialect.put(dialect, new DialectMeters(registry, dialect));
        }
    }

    @Override
    public void begun() {
        open.increment();
    }

    @Override
    public void ended(EndedCall call) {
        open.decrement();
        DialectMeters meters = byDialect.get(call.dialect());
        if (meters != null) {
            meters.count(call);
        }
        if (call.failure() != null && call.failure().refusal()) {
            refusals.computeIfAbsent(call.failure().code(), this::refusals).increment();
        }
    }

    // Codes are a closed set: each is written once, in the failure that has it.
    private Counter refusals(String code) {
        return Counter.builder("mehari.refusals")
                .description("Calls that the gateway said no to")
                .tag("reason", code)
                .register(registry);
    }

    /** The meters of one dialect. */
    private static final class DialectMeters {
        private static final int STATUS_CLASSES = 6;

        private final Map<EndedCall.Outcome, List<Counter>> calls = new EnumMap<>(EndedCall.Outcome.class);
        private final Map<EndedCall.Outcome, Timer> durations = new EnumMap<>(EndedCall.Outcome.class);
        private final Timer firstByte;
        private final Counter requestBytes;
        private final Counter responseBytes;

        DialectMeters(MeterRegistry registry, Dialect dialect) {
            String name = dialect.name().toLowerCase(Locale.ROOT);
            for (EndedCall.Outcome outcome : EndedCall.Outcome.values()) {
                String how = outcome.name().toLowerCase(Locale.ROOT);
                List<Counter> byStatus = new ArrayList<>();
                for (int statusClass = 0; statusClass < STATUS_CLASSES; statusClass++) {
                    byStatus.add(Counter.builder("mehari.calls")
                            .description("Calls that have ended")
                            .tags("dialect", name, "outcome", how, "status", statusName(statusClass))
                            .register(registry));
                }
                calls.put(outcome, List.copyOf(byStatus));
                durations.put(
                        outcome,
                        Timer.builder("mehari.call.duration")
                                .description("Time from a request's head to the last byte of its answer")
                                .tags("dialect", name, "outcome", how)
                                .serviceLevelObjectives(BUCKETS)
                                .register(registry));
            }
            firstByte = Timer.builder("mehari.call.first.byte")
                    .description("Time from a request's head to the head of its answer")
                    .tag("dialect", name)
                    .serviceLevelObjectives(BUCKETS)
                    .register(registry);
            requestBytes = bytes(registry, "mehari.call.request.bytes", "Request bodies", name);
            responseBytes = bytes(registry, "mehari.call.response.bytes", "Answer bodies", name);
        }

        private static Counter bytes(MeterRegistry registry, String name, String description, String dialect) {
            return Counter.builder(name)
                    .description(description)
                    .baseUnit(BaseUnits.BYTES)
                    .tag("dialect", dialect)
                    .register(registry);
        }

        private static String statusName(int statusClass) {
            return statusClass == 0 ? "none" : statusClass + "xx";
        }

        void count(EndedCall call) {
            EndedCall.Outcome outcome = call.outcome();
            int statusClass = Math.min(Math.max(0, call.record().status() / 100), STATUS_CLASSES - 1);
            List<Counter> byStatus = calls.get(outcome);
            Timer duration = durations.get(outcome);
            if (byStatus != null && duration != null) {
                byStatus.get(statusClass).increment();
                duration.record(call.durationNanos(), TimeUnit.NANOSECONDS);
            }
            if (call.record().firstByteNanos() != 0) {
                firstByte.record(
                        Math.max(
                                0,
                                call.record().firstByteNanos() - call.record().startedNanos()),
                        TimeUnit.NANOSECONDS);
            }
            requestBytes.increment((double) call.record().requestBytes());
            responseBytes.increment((double) call.record().responseBytes());
        }
    }
}
