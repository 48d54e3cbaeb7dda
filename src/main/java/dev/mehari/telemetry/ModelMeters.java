package dev.mehari.telemetry;

import dev.mehari.answer.EndedCall;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The meters of one model, operation and provider; buckets are those that the conventions name. */
final class ModelMeters {
    private static final double[] TOKENS = {
        1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864
    };
    private static final Duration[] DURATIONS = Arrays.stream(
                    new long[] {10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 20_480, 40_960, 81_920})
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);
    /** In Prometheus the same as no label, which is what the conventions want of a success. */
    private static final String NO_ERROR = "";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Timer succeeded;
    private final Map<String, Timer> failed = new ConcurrentHashMap<>();
    private final DistributionSummary input;
    private final DistributionSummary output;
    private volatile @Nullable Timer firstChunk;

    ModelMeters(MeterRegistry registry, String operation, String provider, String model) {
        this.registry = registry;
        tags = Tags.of(
                "gen_ai.operation.name", operation, "gen_ai.provider.name", provider, "gen_ai.request.model", model);
        succeeded = duration(NO_ERROR);
        input = tokens("input");
        output = tokens("output");
    }

    private Timer duration(String error) {
        return Timer.builder("gen_ai.client.operation.duration")
                .description("Time of a call at its upstreams, from the first try to the last byte")
                .tags(tags.and("error.type", error))
                .serviceLevelObjectives(DURATIONS)
                .register(registry);
    }

    private DistributionSummary tokens(String type) {
        return DistributionSummary.builder("gen_ai.client.token.usage")
                .description("Tokens of a call, as the upstream told them")
                .tags(tags.and("gen_ai.token.type", type))
                .serviceLevelObjectives(TOKENS)
                .register(registry);
    }

    void ended(EndedCall call, long sinceNanos) {
        Timer timer = call.outcome() == EndedCall.Outcome.SUCCESS
                ? succeeded
                : failed.computeIfAbsent(errorType(call), this::duration);
        timer.record(Math.max(0, call.record().endedNanos() - sinceNanos), TimeUnit.NANOSECONDS);
    }

    /** Few: a code of ours, or the upstream's status. */
    private static String errorType(EndedCall call) {
        if (call.outcome() == EndedCall.Outcome.CANCELLED) {
            return "client_gone";
        }
        if (call.failure() != null) {
            return call.failure().code();
        }
        int status = call.record().status();
        return status >= 400 && status < 600 ? Integer.toString(status) : "broken";
    }

    void used(long inputTokens, long outputTokens) {
        if (inputTokens > 0) {
            input.record((double) inputTokens);
        }
        if (outputTokens > 0) {
            output.record((double) outputTokens);
        }
    }

    void firstChunk(long nanos) {
        Timer timer = firstChunk;
        if (timer == null) {
            timer = Timer.builder("gen_ai.client.operation.time_to_first_chunk")
                    .description("Time from the last try's begin to the first piece of its event stream")
                    .tags(tags)
                    .serviceLevelObjectives(DURATIONS)
                    .register(registry);
            firstChunk = timer;
        }
        timer.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
}
