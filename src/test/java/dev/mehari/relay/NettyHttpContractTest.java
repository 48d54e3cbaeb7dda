package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.storage.ServerPort;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.netty.http.NettyHttpComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same routes on Camel's netty-http and on ours behave alike; where they do not, a test says how and why. */
class NettyHttpContractTest {
    private static StubUpstream stub;
    private static DefaultCamelContext stock;
    private static RelayFixture ours;
    private static int stockPort;
    private static int ourPort;

    @BeforeAll
    static void start() throws Exception {
        stub = StubUpstream.answering(NettyHttpContractTest::answer);
        stockPort = ServerPort.free(new SecureRandom());
        stock = new DefaultCamelContext();
        stock.disableJMX();
        NettyHttpComponent component = new NettyHttpComponent();
        stock.addComponent("netty-http", component);
        stock.addRoutes(new ContractRoutes(stockPort, stub.port()));
        stock.getShutdownStrategy().setTimeout(1);
        stock.start();
        ours = RelayFixture.prepared().run(new ContractRoutes(0, stub.port()));
        ourPort = ours.port();
    }

    private static void answer(StubUpstream.Request request, StubUpstream.Reply reply) {
        if (request.uri().contains("/302")) {
            reply.bytes(302, "text/plain", new byte[0], "Location", "/elsewhere");
        } else if (request.uri().contains("/404")) {
            reply.json(404, "not there");
        } else if (request.uri().contains("/500")) {
            reply.json(500, "broken");
        } else if (request.uri().contains("/201")) {
            reply.json(201, "made", "Location", "/made", "X-Two", "1", "X-Two", "2");
        } else {
            reply.bytes(
                    200,
                    "text/plain",
                    (request.method() + " " + request.uri() + " " + request.text())
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    @AfterAll
    static void stop() {
        ours.close();
        stock.stop();
        stub.close();
    }

    private static RawClient.Answer stock(String method, String target, String body, String... headers)
            throws IOException {
        return ask(stockPort, method, target, body, headers);
    }

    private static RawClient.Answer ours(String method, String target, String body, String... headers)
            throws IOException {
        return ask(ourPort, method, target, body, headers);
    }

    private static RawClient.Answer ask(int port, String method, String target, String body, String... headers)
            throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            lines.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        try (RawClient client = RawClient.connect(port)) {
            client.send(method + " " + target + " HTTP/1.1\r\nHost: t\r\n" + length + lines + "\r\n" + body);
            return method.equals("HEAD") ? client.answerWithoutBody() : client.answer();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/request",
        "GET,/request/",
        "GET,/request/a/b",
        "POST,/request/a?q=1&r=a%20b",
        "PUT,/request/a/b?x",
        "GET,/request/longer",
        "GET,/request/longer/still",
        "GET,/exact",
        "GET,/exact/",
        "GET,/exact?q=1",
        "POST,/text",
        "POST,/bytes",
        "POST,/stream",
        "GET,/text",
        "GET,/bytes",
        "GET,/null",
        "GET,/blank",
        "GET,/created",
        "GET,/accepted",
        "GET,/get",
        "GET,/verbs",
        "POST,/verbs",
        "PUT,/verbs",
        "GET,/pattern",
        "GET,/relay/x?q=1",
        "POST,/relay/x",
        "GET,/relay/404",
        "GET,/relay/500",
        "GET,/relay/302",
        "GET,/relay/201",
        "GET,/tried/x",
        "GET,/tried/201",
        "GET,/range/404",
        "GET,/range/201",
        "POST,/method",
        "POST,/default-method",
        "HEAD,/created",
    })
    void answers_alike(String method, String target) throws IOException {
        String body = method.equals("POST") || method.equals("PUT") ? "{\"a\":1}" : "";
        RawClient.Answer expected = stock(method, target, body, "X-Mine", "mine");
        RawClient.Answer actual = ours(method, target, body, "X-Mine", "mine");

        assertThat(actual.status()).isEqualTo(expected.status());
        assertThat(actual.body()).isEqualTo(expected.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tried/302", "/tried/404", "/tried/500", "/range/500", "/range/302"})
    void fails_alike_where_a_status_is_a_failure(String target) throws IOException {
        RawClient.Answer expected = stock("GET", target, "");
        RawClient.Answer actual = ours("GET", target, "");

        assertThat(actual.body()).startsWith("failed").isEqualTo(expected.body());
    }

    @Test
    void refuses_alike() throws IOException {
        assertThat(ours("GET", "/nowhere", "").status())
                .isEqualTo(stock("GET", "/nowhere", "").status())
                .isEqualTo(404);
        assertThat(ours("POST", "/get", "x").status())
                .isEqualTo(stock("POST", "/get", "x").status())
                .isEqualTo(405);
        assertThat(ours("DELETE", "/verbs", "").status())
                .isEqualTo(stock("DELETE", "/verbs", "").status())
                .isEqualTo(405);
        assertThat(ours("TRACE", "/exact", "").status())
                .isEqualTo(stock("TRACE", "/exact", "").status())
                .isEqualTo(405);
    }

    @Test
    void answers_500_without_a_word_of_the_exception() throws IOException {
        RawClient.Answer expected = stock("GET", "/throws", "");
        RawClient.Answer actual = ours("GET", "/throws", "");

        assertThat(actual.status()).isEqualTo(expected.status()).isEqualTo(500);
        assertThat(actual.body()).doesNotContain("secret", "Exception");
        assertThat(expected.body()).doesNotContain("secret");
    }

    @Test
    void sends_headers_alike() throws IOException {
        for (RawClient.Answer answer :
                new RawClient.Answer[] {stock("GET", "/several", ""), ours("GET", "/several", "")}) {
            assertThat(answer.headers()).containsEntry("x-several", "a, b");
        }
        Map<String, String> expected = stock("GET", "/numbers", "").headers();
        assertThat(ours("GET", "/numbers", "").headers())
                .containsEntry("x-number", expected.get("x-number"))
                .containsEntry("x-flag", expected.get("x-flag"))
                .containsEntry("x-uri", expected.get("x-uri"));
        assertThat(ours("GET", "/relay/201", "").headers().get("x-two"))
                .isEqualTo(stock("GET", "/relay/201", "").headers().get("x-two"))
                .isEqualTo("1, 2");
    }

    @Test
    void sends_a_made_up_path_and_query_alike() throws IOException {
        assertThat(ours("GET", "/made-up", "").body())
                .isEqualTo(stock("GET", "/made-up", "").body())
                .isEqualTo("POST /base/a%20b/c?q=1&r=x%20y text");
    }

    @Test
    void answers_503_while_its_route_is_suspended() throws Exception {
        for (CamelContext context : new CamelContext[] {stock, ours.camel()}) {
            context.getRouteController().suspendRoute("suspended");
        }
        assertThat(ours("GET", "/suspended", "").status())
                .isEqualTo(stock("GET", "/suspended", "").status())
                .isEqualTo(503);
        for (CamelContext context : new CamelContext[] {stock, ours.camel()}) {
            context.getRouteController().resumeRoute("suspended");
        }
        assertThat(ours("GET", "/suspended", "").body())
                .isEqualTo(stock("GET", "/suspended", "").body())
                .isEqualTo("awake");
    }

    // Differences, each on purpose.

    @Test
    void differs_in_that_a_prefix_ends_at_a_slash() throws IOException {
        // In Camel /requested belongs to /request, so a path may be served that nobody opened.
        assertThat(stock("GET", "/requested", "").status()).isEqualTo(200);
        assertThat(ours("GET", "/requested", "").status()).isEqualTo(404);
    }

    @Test
    void differs_in_that_paths_are_case_sensitive() throws IOException {
        // RFC 3986, section 6.2.2.1.
        assertThat(stock("GET", "/EXACT", "").status()).isEqualTo(200);
        assertThat(ours("GET", "/EXACT", "").status()).isEqualTo(404);
    }

    @Test
    void differs_in_that_a_client_cannot_set_headers_through_the_query() throws IOException {
        assertThat(stock("GET", "/request?X-Mine=forged", "").body()).endsWith(" forged");
        assertThat(ours("GET", "/request?X-Mine=forged", "").body()).doesNotEndWith(" forged");
    }

    @Test
    void differs_in_that_the_uri_is_given_as_it_came() throws IOException {
        // Decoded, %2F and / are the same, and what is decided by the path can be evaded.
        assertThat(stock("GET", "/request/%C3%A9", "").body()).startsWith("GET /request/é /%C3%A9");
        assertThat(ours("GET", "/request/%C3%A9", "").body()).startsWith("GET /request/%C3%A9 /%C3%A9");
    }

    @Test
    void differs_in_that_options_reach_the_route() throws IOException {
        // Camel answers OPTIONS itself, so an upstream's own answer to a browser's preflight is never seen.
        assertThat(stock("OPTIONS", "/relay/x", "").body()).isEmpty();
        assertThat(ours("OPTIONS", "/relay/x", "").body()).startsWith("OPTIONS /base/x");
    }

    @Test
    void differs_in_that_405_says_what_is_allowed_and_keeps_the_connection() throws IOException {
        // RFC 9110, section 15.5.6.
        assertThat(stock("POST", "/get", "x").headers()).doesNotContainKey("allow");
        assertThat(ours("POST", "/get", "x").headers()).containsEntry("allow", "GET");
        assertThat(ours("DELETE", "/verbs", "").headers().get("allow").split(", "))
                .containsExactlyInAnyOrder("GET", "POST", "PUT");
    }

    @Test
    void differs_in_that_an_upstream_that_cannot_be_reached_is_502() throws IOException {
        assertThat(stock("GET", "/unreachable", "").status()).isEqualTo(500);
        assertThat(ours("GET", "/unreachable", "").status()).isEqualTo(502);
    }

    @Test
    void differs_in_that_path_templates_are_refused_at_start() {
        assertThat(catchStart("/a/{id}")).hasStackTraceContaining("no path templates such as /a/{id}");
    }

    private static Throwable catchStart(String path) {
        return org.assertj.core.api.Assertions.catchThrowable(() -> ours.camel()
                .addRoutes(new org.apache.camel.builder.RouteBuilder() {
                    @Override
                    public void configure() {
                        from("netty-http:http://127.0.0.1:0" + path).setBody(constant("x"));
                    }
                }));
    }
}
