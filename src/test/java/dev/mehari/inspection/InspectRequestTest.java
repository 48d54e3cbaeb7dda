package dev.mehari.inspection;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.RequestRejected;
import dev.mehari.failure.RequestRejected.Kind;
import dev.mehari.testing.FakeCall;
import dev.mehari.testing.TestExchange;
import java.util.List;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InspectRequestTest {
    private static final FailureEvents NO_EVENTS = (dialect, path, requestId) -> failure -> new byte[0];

    private final InspectRequest inspectRequest = new InspectRequest(() -> false, NO_EVENTS);
    private final Exchange exchange = TestExchange.create();

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, OPENAI",
        "/v1/responses, OPENAI",
        "/v1/embeddings, OPENAI",
        "/v1/messages, ANTHROPIC",
        "/v1/messages/count_tokens, ANTHROPIC",
    })
    void reads_dialect_model_and_stream(String path, Dialect dialect) throws Exception {
        // row 78
        request(
                "POST",
                path,
                "{\"messages\":[{\"model\":\"inner\",\"stream\":false}],\"model\":\"m-1\",\"stream\":true}");

        inspectRequest.process(exchange);

        assertThat(exchange.getProperty(ExchangeKeys.DIALECT)).isEqualTo(dialect);
        assertThat(exchange.getProperty(ExchangeKeys.MODEL)).isEqualTo("m-1");
        assertThat(exchange.getProperty(ExchangeKeys.STREAM)).isEqualTo(true);
    }

    @Test
    void leaves_body_and_headers_as_they_are() throws Exception {
        byte[] body = "{\"model\":\"m\"}".getBytes(UTF_8);
        request("POST", "/v1/chat/completions", "");
        exchange.getMessage().setBody(body);
        var headers = List.copyOf(exchange.getMessage().getHeaders().entrySet());

        inspectRequest.process(exchange);

        assertThat(exchange.getMessage().getBody()).isSameAs(body);
        assertThat(exchange.getMessage().getHeaders().entrySet()).containsExactlyElementsOf(headers);
        assertThat(exchange.getProperty(ExchangeKeys.STREAM)).isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\u0000b", "a\\nb", "LONG"})
    void refuses_what_cannot_be_the_name_of_a_model(String name) throws Exception {
        String model = name.equals("LONG") ? "m".repeat(257) : name;
        request("POST", "/v1/chat/completions", "{\"model\":\"" + model + "\"}");

        assertThatThrownBy(() -> inspectRequest.process(exchange))
                .isInstanceOfSatisfying(RequestRejected.class, rejected -> {
                    assertThat(rejected.param()).isEqualTo("model");
                    assertThat(rejected.code()).isEqualTo("invalid_value");
                });
    }

    @Test
    void tells_the_api_of_a_shared_path_by_the_headers() throws Exception {
        request("GET", "/v1/models", "");
        inspectRequest.process(exchange);
        assertThat(exchange.getProperty(ExchangeKeys.DIALECT)).isEqualTo(Dialect.OPENAI);

        exchange.removeProperty(ExchangeKeys.DIALECT);
        exchange.getMessage().setHeader("Anthropic-Version", "2023-06-01");
        inspectRequest.process(exchange);
        assertThat(exchange.getProperty(ExchangeKeys.DIALECT)).isEqualTo(Dialect.ANTHROPIC);

        exchange.removeProperty(ExchangeKeys.DIALECT);
        exchange.getMessage().removeHeader("anthropic-version");
        exchange.getMessage().setHeader("X-Api-Key", "mh_1");
        inspectRequest.process(exchange);
        assertThat(exchange.getProperty(ExchangeKeys.DIALECT)).isEqualTo(Dialect.ANTHROPIC);
    }

    @Test
    void passes_every_other_v1_path_on_unread() throws Exception {
        request("PATCH", "/v1/vector_stores/vs_1", "not json");

        inspectRequest.process(exchange);

        assertThat(exchange.getProperty(ExchangeKeys.DIALECT)).isEqualTo(Dialect.OPENAI);
        assertThat(exchange.getProperty(ExchangeKeys.MODEL)).isNull();
    }

    @Test
    void forwards_a_compressed_body_unread() throws Exception {
        request("POST", "/v1/chat/completions", "\u001f\u008bgzip");
        exchange.getMessage().setHeader("content-encoding", "gzip");

        inspectRequest.process(exchange);

        assertThat(exchange.getProperty(ExchangeKeys.MODEL)).isNull();
    }

    @Test
    void says_how_a_failure_is_told_within_the_stream_before_anything_can_fail() {
        // row 27
        var call = new FakeCall();
        exchange.setProperty(ExchangeKeys.CALL, call);
        exchange.setProperty(ExchangeKeys.REQUEST_ID, "req-1");
        request("POST", "/v1/messages", "not json");
        FailureEvents events = (dialect, path, id) -> failure -> (dialect + " " + path + " " + id).getBytes(UTF_8);

        assertThatThrownBy(() -> new InspectRequest(() -> false, events).process(exchange))
                .isInstanceOf(RequestRejected.class);

        assertThat(call.streamFailure(new ClientGone())).asString(UTF_8).isEqualTo("ANTHROPIC /v1/messages req-1");
    }

    @Test
    void answers_404_outside_v1_unless_there_is_a_plain_target() throws Exception {
        request("GET", "/index.html", "");

        assertThat(rejected().kind()).isEqualTo(Kind.UNKNOWN_PATH);
        assertThat(exchange.getProperty(ExchangeKeys.DIALECT)).isEqualTo(Dialect.PLAIN);

        new InspectRequest(() -> true, NO_EVENTS).process(exchange);
    }

    @ParameterizedTest
    @CsvSource({"GET, /v1/chat/completions", "DELETE, /v1/messages", "POST, /v1/models"})
    void answers_405_to_a_wrong_method(String method, String path) {
        request(method, path, "{}");

        assertThat(rejected().kind()).isEqualTo(Kind.WRONG_METHOD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/../admin",
                "/v1/%2e%2e/admin",
                "/v1//chat/completions",
                "/v1/chat%2fcompletions",
                "/v1/chat\\completions",
                "/v1/chat/./completions"
            })
    void refuses_a_path_that_an_upstream_might_read_differently(String path) {
        request("POST", path, "{}");

        assertThat(rejected().code()).isEqualTo("invalid_path");
    }

    @Test
    void recognises_a_known_path_behind_percent_encoding() {
        request("POST", "/v1/%63hat/completions", "[]");

        assertThat(rejected().code()).isEqualTo("invalid_json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "\"text\"", "{\"model\":", "{\"model\":\"m\"} {}", "{\"model\":\"m\"", "{'model':1}"})
    void refuses_a_body_that_is_not_one_json_object(String body) {
        request("POST", "/v1/chat/completions", body);

        RequestRejected failure = rejected();

        assertThat(failure.kind()).isEqualTo(Kind.MALFORMED);
        assertThat(failure.code()).isEqualTo("invalid_json");
    }

    @Test
    void says_where_the_json_is_broken() {
        request("POST", "/v1/chat/completions", "{\n  \"model\": nope\n}");

        assertThat(rejected()).hasMessageContaining("line 2, column 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\":7}|model|invalid_type",
                "{\"model\":null}|model|invalid_type",
                "{\"model\":{\"a\":1}}|model|invalid_type",
                "{\"stream\":\"yes\"}|stream|invalid_type",
                "{\"model\":\"a\",\"model\":\"b\"}|model|duplicate_field",
                "{\"stream\":true,\"stream\":false}|stream|duplicate_field",
            })
    void names_the_field_that_is_wrong(String body, String param, String code) {
        request("POST", "/v1/responses", body);

        RequestRejected failure = rejected();

        assertThat(failure.param()).isEqualTo(param);
        assertThat(failure.code()).isEqualTo(code);
    }

    @Test
    void refuses_hostile_nesting_and_bytes_that_are_no_text() {
        request("POST", "/v1/chat/completions", "{\"a\":" + "[".repeat(100_000));
        assertThat(rejected().code()).isEqualTo("json_too_complex");

        exchange.getMessage().setBody(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
        assertThat(rejected().code()).isEqualTo("invalid_json");

        exchange.getMessage().setBody("{\"model\":\"m\"".getBytes(UTF_16BE));
        assertThat(rejected().code()).isEqualTo("invalid_json");
    }

    @ParameterizedTest
    @CsvSource({"30, 30000", "2.5, 2500", "500ms, 500", "5s, 5000", "0.0001, 1", "9999999, 9999999000"})
    void reads_how_long_the_client_waits(String header, long millis) throws Exception {
        request("GET", "/v1/models", "");
        exchange.getMessage().setHeader("x-request-timeout", header);

        inspectRequest.process(exchange);

        assertThat(exchange.getProperty(ExchangeKeys.CLIENT_TIMEOUT_MS)).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0ms", "-1", "soon", "1e3", "5m", "99999999", "1,5"})
    void refuses_a_timeout_that_it_cannot_read(String header) {
        request("GET", "/v1/models", "");
        exchange.getMessage().setHeader("X-Request-Timeout", header);

        assertThat(rejected().param()).isEqualTo("X-Request-Timeout");
    }

    @Test
    void refuses_two_timeouts() {
        request("GET", "/v1/models", "");
        exchange.getMessage().setHeader("X-Request-Timeout", List.of("1", "2"));

        assertThatThrownBy(() -> inspectRequest.process(exchange)).isInstanceOf(RequestRejected.class);
    }

    private void request(String method, String path, String body) {
        exchange.getMessage().setHeader(Exchange.HTTP_METHOD, method);
        exchange.getMessage().setHeader(Exchange.HTTP_PATH, path);
        exchange.getMessage().setBody(body.getBytes(UTF_8));
    }

    private RequestRejected rejected() {
        return catchThrowableOfType(RequestRejected.class, () -> inspectRequest.process(exchange));
    }
}
