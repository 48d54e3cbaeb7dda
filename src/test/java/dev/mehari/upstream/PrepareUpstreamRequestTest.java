package dev.mehari.upstream;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.caller.AllowList;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.RequestRejected;
import dev.mehari.testing.TestExchange;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrepareUpstreamRequestTest {
    private static final Upstream OPENAI =
            Upstream.at("openai", Dialect.OPENAI, Upstreams.OPENAI, null, UpstreamCredential.bearer("sk-upstream"));
    private static final Upstream ANTHROPIC = Upstream.at(
            "anthropic", Dialect.ANTHROPIC, Upstreams.ANTHROPIC, null, UpstreamCredential.apiKey("ant-upstream"));
    private static final Upstream PLAIN =
            Upstream.at("target", Dialect.PLAIN, URI.create("http://backend.example"), null, null);

    private static final Upstream ALIASED =
            FakeUpstreamStore.upstream("aliased", Dialect.OPENAI, 50, 1, AllowList.ALL, Map.of("gpt-x", "vendor/x-1"));

    private final Exchange exchange = TestExchange.create();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connection",
                "KEEP-ALIVE",
                "Proxy-Connection",
                "te",
                "Trailer",
                "transfer-encoding",
                "Upgrade",
                "Expect",
                "content-length",
                "host",
                "proxy-authorization",
                "Proxy-Authenticate",
                "AUTHORIZATION",
                "x-api-key",
                "api-key",
                "X-Goog-Api-Key",
                "cookie",
                "x-mehari-priority",
                "X-Mehari-Queue-Ms",
                "x-request-timeout",
                "x-forwarded-for",
                "X-Forwarded-Proto",
                "forwarded",
                "via",
                "x-real-ip"
            })
    void keeps_what_is_between_caller_and_gateway(String name) throws Exception {
        // row 34
        exchange.getMessage().setHeader(name, "private");

        prepare(OPENAI);

        assertThat(exchange.getMessage().getHeaders()).containsOnlyKeys("Authorization");
        assertThat(exchange.getMessage().getHeader("authorization")).isEqualTo("Bearer sk-upstream");
    }

    @Test
    void leaves_everything_else_as_it_is() throws Exception {
        // row 34
        Map<String, Object> headers = Map.of(
                "accept-encoding",
                "gzip, br",
                "Content-Encoding",
                "gzip",
                "Content-Type",
                "application/json",
                "X-Request-Id",
                "req-1",
                "User-Agent",
                "client/1",
                "OpenAI-Organization",
                "org-1",
                "X-Stainless-Lang",
                "java",
                Exchange.HTTP_PATH,
                "/v1/chat/completions",
                Exchange.HTTP_METHOD,
                "POST",
                "X-Many",
                List.of("a", "b"));
        byte[] body = {1, 2, 3};
        exchange.getMessage().setHeaders(new java.util.HashMap<>(headers));
        exchange.getMessage().setBody(body);

        prepare(PLAIN);

        assertThat(exchange.getMessage().getHeaders()).containsExactlyInAnyOrderEntriesOf(headers);
        assertThat(exchange.getMessage().getBody()).isSameAs(body);
    }

    // row 53
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip, deflate, br, zstd | gzip",
                "br;q=1.0, GZIP;q=0.5, *;q=0.1 | gzip",
                "x-gzip, br | gzip",
                "br, * | gzip",
                "* | gzip",
                "br, gzip, identity;q=0 | gzip, identity;q=0",
                "gzip, *;q=0 | gzip, identity;q=0",
                "br, zstd | identity",
                "deflate | identity",
                "br, gzip;q=0 | identity",
                "*, gzip;q=0.000 | identity",
                "br, *;q=0 | br, *;q=0",
                "gzip | gzip",
                "gzip;q=0.5, identity | gzip;q=0.5, identity",
                "identity | identity",
                "'' | ''"
            })
    void asks_for_answers_that_usage_can_be_read_from(String accepted, String narrowed) throws Exception {
        exchange.setProperty(ExchangeKeys.METERED, true);
        exchange.getMessage().setHeader("accept-encoding", accepted);

        prepare(OPENAI);
        prepare(OPENAI);

        assertThat(exchange.getMessage().getHeader("Accept-Encoding")).isEqualTo(narrowed);
    }

    @Test
    void takes_codings_of_several_headers_together() throws Exception {
        exchange.setProperty(ExchangeKeys.METERED, true);
        exchange.getMessage().setHeader("Accept-Encoding", List.of("br", "gzip"));

        prepare(PLAIN);

        assertThat(exchange.getMessage().getHeader("Accept-Encoding")).isEqualTo("gzip");
    }

    @Test
    void asks_for_no_coding_where_the_client_does_not() throws Exception {
        exchange.setProperty(ExchangeKeys.METERED, true);

        prepare(PLAIN);

        assertThat(exchange.getMessage().getHeaders()).doesNotContainKey("Accept-Encoding");
    }

    @Test
    void leaves_the_codings_of_calls_that_are_not_metered() throws Exception {
        exchange.setProperty(ExchangeKeys.METERED, false);
        exchange.getMessage().setHeader("Accept-Encoding", "br, zstd");

        prepare(OPENAI);

        assertThat(exchange.getMessage().getHeader("Accept-Encoding")).isEqualTo("br, zstd");
    }

    @Test
    void removes_headers_that_connection_names() throws Exception {
        exchange.getMessage().setHeader("Connection", List.of("close, X-Hop", "x-other"));
        exchange.getMessage().setHeader("x-hop", "1");
        exchange.getMessage().setHeader("X-Other", "2");
        exchange.getMessage().setHeader("X-Kept", "3");

        prepare(PLAIN);

        assertThat(exchange.getMessage().getHeaders()).containsOnlyKeys("X-Kept");
    }

    @Test
    void lets_connection_name_nothing_that_the_request_needs() throws Exception {
        exchange.getMessage().setHeader("Connection", "content-encoding, x-request-id, CamelHttpPath");
        exchange.getMessage().setHeader("Content-Encoding", "gzip");
        exchange.getMessage().setHeader("X-Request-Id", "req-1");
        exchange.getMessage().setHeader(Exchange.HTTP_PATH, "/v1/responses");

        prepare(PLAIN);

        assertThat(exchange.getMessage().getHeaders())
                .containsOnlyKeys("Content-Encoding", "X-Request-Id", Exchange.HTTP_PATH);
    }

    @Test
    void authenticates_to_anthropic_and_names_a_version_when_the_caller_does_not() throws Exception {
        exchange.getMessage().setHeader("Authorization", "Bearer mh_caller");

        prepare(ANTHROPIC);

        assertThat(exchange.getMessage().getHeaders())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("x-api-key", "ant-upstream", "anthropic-version", "2023-06-01"));
    }

    @Test
    void keeps_the_version_that_the_caller_names() throws Exception {
        exchange.getMessage().setHeader("Anthropic-Version", "2024-10-22");

        prepare(ANTHROPIC);

        assertThat(exchange.getMessage().getHeader("anthropic-version")).isEqualTo("2024-10-22");
    }

    @Test
    void lets_a_plain_target_have_its_own_cookies_only() throws Exception {
        exchange.getMessage().setHeader("Cookie", "cart=1; mehari_session=secret; theme=dark");

        prepare(PLAIN);

        assertThat(exchange.getMessage().getHeader("Cookie")).isEqualTo("cart=1; theme=dark");
    }

    @ParameterizedTest
    @CsvSource({
        "key=mh_1, ''",
        "a=1&key=mh_1&b=2, a=1&b=2",
        "key=mh_1&key=mh_2&a, a",
        "%6bey=mh_1&a=%zz, a=%zz",
        "api_key=mh_1&after=x, after=x",
        "access_token=mh_1, ''",
        "monkey=1&keys=2&a=%20b&, monkey=1&keys=2&a=%20b&",
        "limit=5&&x=1, limit=5&&x=1",
    })
    void removes_credentials_from_the_query_only(String query, String forwarded) throws Exception {
        exchange.getMessage().setHeader(Exchange.HTTP_RAW_QUERY, query);

        prepare(OPENAI);

        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RAW_QUERY)).isEqualTo(forwarded);
    }

    @Test
    void does_the_same_once_more_for_a_retry_on_another_upstream() throws Exception {
        exchange.getMessage().setHeader(Exchange.HTTP_PATH, "/v1/messages");

        prepare(ANTHROPIC);
        prepare(OPENAI);

        assertThat(exchange.getMessage().getHeader("x-api-key")).isNull();
        assertThat(exchange.getMessage().getHeader("Authorization")).isEqualTo("Bearer sk-upstream");
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_PATH)).isEqualTo("/v1/messages");
    }

    @Test
    void the_credential_of_the_try_goes_before_the_upstreams_own() throws Exception {
        exchange.setProperty(ExchangeKeys.CREDENTIAL, new UpstreamCredential("x-token", "of the try"));
        prepare(OPENAI);
        assertThat(exchange.getMessage().getHeader("x-token")).isEqualTo("of the try");
        assertThat(exchange.getMessage().getHeader("Authorization")).isNull();
    }

    @Test
    void end_to_end_headers_pass() throws Exception {
        exchange.getMessage().setHeader("Idempotency-Key", "k-1");
        exchange.getMessage().setHeader("OpenAI-Beta", "assistants=v2");
        exchange.getMessage().setHeader("If-Match", "\"e\"");

        prepare(OPENAI);

        assertThat(exchange.getMessage().getHeaders())
                .containsEntry("Idempotency-Key", "k-1")
                .containsEntry("OpenAI-Beta", "assistants=v2")
                .containsEntry("If-Match", "\"e\"");
    }

    @Test
    void puts_the_upstreams_name_of_the_model_into_the_body() throws Exception {
        body("{ \"model\" : \"gpt-x\", \"n\":1.0}", "gpt-x");
        prepare(ALIASED);
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("{ \"model\" : \"vendor/x-1\", \"n\":1.0}");
    }

    @Test
    void leaves_a_body_alone_whose_model_has_the_same_name_there() throws Exception {
        byte[] body = "{\"model\":\"other\"}".getBytes(UTF_8);
        exchange.getMessage().setBody(body);
        exchange.setProperty(ExchangeKeys.MODEL, "other");

        prepare(ALIASED);

        assertThat(exchange.getMessage().getBody()).isSameAs(body);
    }

    @Test
    void refuses_a_compressed_body_where_models_have_other_names() throws Exception {
        exchange.getMessage().setHeader("Content-Encoding", "gzip");
        exchange.getMessage().setBody(new byte[] {31, (byte) 139, 8});
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.OPENAI);

        assertThatThrownBy(() -> prepare(ALIASED))
                .isInstanceOfSatisfying(
                        RequestRejected.class, no -> assertThat(no.code()).isEqualTo("compressed_body"));
        prepare(OPENAI);
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.PLAIN);
        prepare(ALIASED);
    }

    @Test
    void refuses_a_body_in_which_the_model_cannot_be_replaced() throws Exception {
        exchange.getMessage().setBody("{\"model\":\"gpt-x\"}".getBytes(UTF_16));
        exchange.setProperty(ExchangeKeys.MODEL, "gpt-x");

        assertThatThrownBy(() -> prepare(ALIASED)).isInstanceOf(RequestRejected.class);
    }

    private void body(String json, String model) {
        exchange.getMessage().setBody(json.getBytes(UTF_8));
        exchange.setProperty(ExchangeKeys.MODEL, model);
    }

    private void prepare(Upstream upstream) throws RequestRejected {
        exchange.setProperty(ExchangeKeys.UPSTREAM, upstream);
        new PrepareUpstreamRequest().process(exchange);
    }
}
