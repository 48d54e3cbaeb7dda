package dev.mehari.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.Dialect;
import dev.mehari.probe.ProbeObserver.Outcome;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbingTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Probing probing = new Probing();

    private static Upstream upstream(Dialect dialect, String model) {
        return ProbedUpstreams.of("up", dialect, 1, ProbedUpstreams.every(MINUTE, model));
    }

    private Outcome judge(Dialect dialect, String model, int status, String body) {
        return probing.judge(
                        upstream(dialect, model),
                        new ProbeAnswer(status, body.getBytes(StandardCharsets.UTF_8)),
                        "Zebra",
                        false)
                .outcome();
    }

    @Test // row 33
    void asks_a_model_by_the_upstreams_name_for_a_word() {
        ProbeQuestion openAi = probing.question(upstream(Dialect.OPENAI, "fast"), null, "zebra");
        ProbeQuestion anthropic = probing.question(
                upstream(Dialect.ANTHROPIC, "opus"), new UpstreamCredential("x-api-key", "pooled"), "zebra");

        assertThat(openAi.path()).isEqualTo("/base/v1/chat/completions");
        assertThat(openAi.body())
                .isEqualTo("{\"model\":\"real-fast\",\"messages\":[{\"role\":\"user\",\"content\":"
                        + "\"Answer with this word and nothing else: zebra\"}]}");
        assertThat(openAi.headers()).containsEntry("x-own", "own-secret");
        assertThat(anthropic.path()).isEqualTo("/base/v1/messages");
        assertThat(anthropic.body()).contains("\"max_tokens\":64", "zebra");
        assertThat(anthropic.headers())
                .containsEntry("x-api-key", "pooled")
                .containsKey("anthropic-version")
                .doesNotContainKey("x-own");
        assertThat(openAi + "" + anthropic).doesNotContain("secret", "pooled");
    }

    @Test
    void asks_for_models_or_for_the_base_path_without_one() {
        assertThat(probing.question(upstream(Dialect.OPENAI, null), null, "w").path())
                .isEqualTo("/base/v1/models");
        assertThat(probing.question(upstream(Dialect.PLAIN, null), null, "w").path())
                .isEqualTo("/base/");
        assertThat(probing.question(upstream(Dialect.PLAIN, null), null, "w").body())
                .isNull();
    }

    @ParameterizedTest // row 33
    @CsvSource({
        "OPENAI, m, 200, '', FAILS",
        "OPENAI, m, 200, '{}', FAILS",
        "OPENAI, m, 200, 'zebra', FAILS",
        "OPENAI, m, 200, '{\"messages\":[{\"content\":\"say zebra\"}]}', FAILS",
        "OPENAI, m, 200, '{\"choices\":[{\"message\":{\"content\":\"\"}}]}', FAILS",
        "OPENAI, m, 200, '{\"choices\":[{\"message\":{\"content\":null}}]}', FAILS",
        "OPENAI, m, 200, '{\"choices\":[{\"message\":{\"content\":\"The word is ZEBRA.\"}}]}', WORKS",
        "OPENAI, m, 200, '{\"choices\":[{\"message\":{\"content\":[{\"text\":\"zebra\"}]}}]}', WORKS",
        "OPENAI, m, 500, '{\"choices\":[{\"message\":{\"content\":\"zebra\"}}]}', FAILS",
        "OPENAI, m, 401, '', FAILS",
        "OPENAI, m, 429, '', UNCLEAR",
        "ANTHROPIC, m, 200, '{\"content\":[{\"type\":\"text\",\"text\":\"zebra\"}]}', WORKS",
        "ANTHROPIC, m, 200, '{\"content\":[]}', FAILS",
        "OPENAI, , 200, '{\"data\":[{\"id\":\"m\"}]}', WORKS",
        "OPENAI, , 200, '[{\"id\":\"m\"}]', WORKS",
        "OPENAI, , 200, '{\"data\":[]}', FAILS",
        "OPENAI, , 200, '<html>welcome</html>', FAILS",
        "ANTHROPIC, , 404, '', FAILS",
        "PLAIN, , 404, '', WORKS",
        "PLAIN, , 200, '', WORKS",
        "PLAIN, , 502, '', FAILS",
    })
    void only_a_meaningful_answer_is_right(Dialect dialect, String model, int status, String body, Outcome expected) {
        assertThat(judge(dialect, model, status, body)).isEqualTo(expected);
    }

    @Test
    void the_fault_of_a_pooled_credential_is_not_the_upstreams() {
        var answer = new ProbeAnswer(401, new byte[0]);

        assertThat(probing.judge(upstream(Dialect.OPENAI, "m"), answer, "w", true)
                        .outcome())
                .isEqualTo(Outcome.UNCLEAR);
        assertThat(probing.judge(upstream(Dialect.OPENAI, "m"), answer, "w", false)
                        .outcome())
                .isEqualTo(Outcome.FAILS);
    }
}
