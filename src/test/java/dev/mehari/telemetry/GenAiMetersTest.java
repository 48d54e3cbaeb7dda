package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.TestExchange;
import dev.mehari.usage.MeteredCall;
import dev.mehari.usage.TokenUsage;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

class GenAiMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GenAiMeters meters = new GenAiMeters(registry);

    // row 38
    @Test
    void notes_time_and_tokens_of_a_call_under_the_conventions_names() {
        meters.ended(AllMeters.streamed("gpt-x"), AllMeters.answered());

        Timer duration = registry.get("gen_ai.client.operation.duration")
                .tags("gen_ai.operation.name", "chat", "gen_ai.provider.name", "openai")
                .tags("gen_ai.request.model", "gpt-x", "error.type", "")
                .timer();
        assertThat(duration.totalTime(TimeUnit.NANOSECONDS)).isEqualTo(9 - 2);
        assertThat(registry.get("gen_ai.client.operation.time_to_first_chunk")
                        .timer()
                        .totalTime(TimeUnit.NANOSECONDS))
                .isEqualTo(10 - 2);
        assertThat(tokens("input")).isEqualTo(1 + 2 + 3);
        assertThat(tokens("output")).isEqualTo(10);
    }

    @Test
    void says_of_a_failed_call_what_went_wrong() {
        EndedCall failed =
                new EndedCall(Dialect.OPENAI, new CallRecord(0, 5, 9, 502, 30, 40, CallRecord.End.COMPLETE), null);

        meters.ended(AllMeters.asked("gpt-x"), failed);

        assertThat(registry.get("gen_ai.client.operation.duration")
                        .tag("error.type", "502")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void leaves_estimated_usage_and_calls_that_were_never_tried_out() {
        Exchange estimated = AllMeters.asked("gpt-x");
        estimated.setProperty(
                ExchangeKeys.USED, new MeteredCall(1, "gpt-x", "up", 0, new TokenUsage(1, 0, 0, 1, 0), true, 0));
        meters.ended(estimated, AllMeters.answered());
        meters.ended(TestExchange.create(), AllMeters.refused());

        assertThat(tokens("input")).isZero();
        assertThat(registry.find("gen_ai.client.operation.duration").timers().stream()
                        .mapToLong(Timer::count)
                        .sum())
                .isEqualTo(1);
    }

    // row 38
    @Test
    void keeps_the_names_of_models_few() {
        for (int i = 0; i < 3 * GenAiMeters.MOST_MODELS; i++) {
            meters.ended(AllMeters.streamed("model-" + i), AllMeters.answered());
        }
        meters.ended(AllMeters.streamed("with space"), AllMeters.answered());

        assertThat(registry.find("gen_ai.client.token.usage")
                        .tag("gen_ai.token.type", "input")
                        .summaries())
                .hasSize(GenAiMeters.MOST_MODELS + 1);
        assertThat(registry.get("gen_ai.client.token.usage")
                        .tags("gen_ai.token.type", "input", "gen_ai.request.model", "other")
                        .summary()
                        .count())
                .isEqualTo(2L * GenAiMeters.MOST_MODELS + 1);
    }

    @Test
    void learns_no_name_from_a_call_that_failed() {
        EndedCall failed =
                new EndedCall(Dialect.OPENAI, new CallRecord(0, 5, 9, 404, 30, 40, CallRecord.End.COMPLETE), null);

        meters.ended(AllMeters.asked("no-such-model"), failed);

        assertThat(registry.get("gen_ai.client.operation.duration")
                        .tags("error.type", "404", "gen_ai.request.model", "other")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    // row 38
    @Test
    void notes_the_longest_and_the_mean_gap_of_a_stream_once() {
        new StreamMeters(registry).ended(AllMeters.streamed("gpt-x"), AllMeters.answered());

        assertThat(gap("longest").totalTime(TimeUnit.NANOSECONDS)).isEqualTo(30);
        assertThat(gap("mean").totalTime(TimeUnit.NANOSECONDS)).isEqualTo(20);
        assertThat(gap("mean").count()).isEqualTo(1);
    }

    private Timer gap(String which) {
        return registry.get("mehari.stream.gap." + which)
                .tag("dialect", "openai")
                .timer();
    }

    private double tokens(String type) {
        return registry.get("gen_ai.client.token.usage")
                .tag("gen_ai.token.type", type)
                .summary()
                .totalAmount();
    }
}
