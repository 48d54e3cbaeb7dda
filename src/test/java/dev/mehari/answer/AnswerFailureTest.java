package dev.mehari.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.RequestRejected;
import dev.mehari.failure.Unauthenticated;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.testing.CapturedLog;
import dev.mehari.testing.TestExchange;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.junit.jupiter.api.Test;

class AnswerFailureTest {
    private final AnswerFailure answerFailure = new AnswerFailure(new FailureAnswers(), name -> Duration.ofSeconds(7));
    private final Exchange exchange = TestExchange.create();

    @Test
    void answers_an_openai_caller_in_its_shape() throws Exception {
        failWith(new RequestRejected(RequestRejected.Kind.MALFORMED, "invalid_type", "model must be text", "model"));
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.OPENAI);

        JsonNode body = answer();

        assertThat(body.toString())
                .isEqualTo("{\"error\":{\"message\":\"model must be text\",\"type\":\"invalid_request_error\","
                        + "\"code\":\"invalid_type\",\"param\":\"model\",\"request_id\":\"req-1\"}}");
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(400);
        assertThat(exchange.getMessage().getHeader("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void answers_an_anthropic_caller_in_its_shape() throws Exception {
        failWith(new UpstreamTimeout(UpstreamTimeout.Stage.FIRST_BYTE, "The upstream took too long."));
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.ANTHROPIC);

        JsonNode body = answer();

        assertThat(body.toString())
                .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"timeout_error\","
                        + "\"message\":\"The upstream took too long.\"},\"request_id\":\"req-1\"}");
    }

    @Test
    void derives_the_dialect_when_the_failure_came_before_inspection() throws Exception {
        failWith(new Unauthenticated("invalid_api_key", "The key is not known."));
        exchange.getMessage().setHeader(Exchange.HTTP_PATH, "/v1/messages");

        JsonNode body = answer();

        assertThat(body.at("/error/type").asText()).isEqualTo("authentication_error");
        assertThat(exchange.getMessage().getHeader("WWW-Authenticate")).isEqualTo("Bearer");
    }

    @Test
    void says_in_whole_seconds_when_to_try_again() throws Exception {
        failWith(new GatewayBusy(GatewayBusy.Reason.QUEUE_FULL, "full", Duration.ofMillis(20)));

        answer();

        assertThat(exchange.getMessage().getHeader("Retry-After")).isEqualTo("1");
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(503);
    }

    @Test
    void echoes_no_request_header() throws Exception {
        failWith(new IllegalStateException("jdbc:postgresql://db.internal/mehari"));
        exchange.getMessage().setHeader("Authorization", "Bearer mh_secret");
        exchange.getMessage().setHeader("Cookie", "session=1");
        exchange.getMessage().setHeader("CamelHttpRawQuery", "key=mh_secret");

        JsonNode body = answer();

        assertThat(exchange.getMessage().getHeaders())
                .containsOnlyKeys(Exchange.HTTP_RESPONSE_CODE, "Content-Type", "X-Request-Id");
        assertThat(body.toString())
                .contains("req-1")
                .doesNotContain("db.internal")
                .doesNotContain("mh_secret");
    }

    @Test
    void names_the_methods_that_are_allowed() throws Exception {
        failWith(new RequestRejected(RequestRejected.Kind.WRONG_METHOD, "method_not_allowed", "Use POST.", null));
        exchange.getMessage().setHeader(Exchange.HTTP_PATH, "/v1/chat/completions");

        answer();

        assertThat(exchange.getMessage().getHeader("Allow")).isEqualTo("POST");
    }

    @Test
    void logs_a_group_since_nobody_is_answered() {
        failWith(new UpstreamTimeout(UpstreamTimeout.Stage.FIRST_BYTE, "The upstream took too long."));
        exchange.setProperty(ExchangePropertyKey.AGGREGATED_COMPLETED_BY, "size");
        Queue<String> log = new ConcurrentLinkedQueue<>();
        try (CapturedLog captured = CapturedLog.of(log::add, AnswerFailure.class.getName())) {
            answerFailure.process(exchange);

            assertThat(captured.lines()).isEqualTo(1);
        }
        assertThat(log).singleElement().asString().contains("aggregate", "The upstream took too long.");
    }

    private void failWith(Throwable failure) {
        exchange.setProperty(ExchangeKeys.REQUEST_ID, "req-1");
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
        exchange.getMessage().setBody("{\"secret\":true}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private JsonNode answer() throws Exception {
        answerFailure.process(exchange);
        return new ObjectMapper().readTree((byte[]) exchange.getMessage().getBody());
    }
}
