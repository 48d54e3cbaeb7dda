package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What passes between caller and upstream beside the body, and what does not. */
class HeadersIT {
    private static final String OUR_CREDENTIAL = "Bearer upstream-secret";

    private static TestDatabase database;
    private static StubUpstream stub;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.respondingWith(200);
        gateway = TestGateway.to(stub, database, "mehari.target.authorization", OUR_CREDENTIAL);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        stub.close();
        database.close();
    }

    private static StubUpstream.Request lastSeen() {
        return stub.requests().get(stub.requests().size() - 1);
    }

    // row 34
    @Test
    void hop_by_hop_headers_do_not_reach_the_upstream() throws Exception {
        stub.answer((request, reply) -> reply.json(200, "{}"));
        try (RawClient client = gateway.connect()) {
            client.get(
                    "/call",
                    "Authorization",
                    "Bearer " + gateway.key(),
                    "Connection",
                    "keep-alive, X-Of-This-Hop",
                    "X-Of-This-Hop",
                    "1",
                    "Keep-Alive",
                    "timeout=5",
                    "TE",
                    "trailers",
                    "Upgrade",
                    "h2c",
                    "Proxy-Authorization",
                    "Basic eA==",
                    "X-End-To-End",
                    "1");
            assertThat(client.answer().status()).isEqualTo(200);
        }

        assertThat(lastSeen().headers().names().stream().map(String::toLowerCase))
                .contains("x-end-to-end")
                .doesNotContain(
                        "connection",
                        "x-of-this-hop",
                        "keep-alive",
                        "te",
                        "upgrade",
                        "proxy-authorization",
                        "transfer-encoding");
    }

    // row 34
    @Test
    void compressed_bodies_pass_as_they_are_in_both_directions() throws Exception {
        byte[] sent = gzip("{\"model\":\"sim-small\",\"messages\":[]}");
        byte[] answered = gzip("{\"answer\":42}");
        stub.answer((request, reply) -> reply.bytes(200, "application/json", answered, "Content-Encoding", "gzip"));

        HttpResponse<byte[]> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                                .header("Authorization", "Bearer " + gateway.key())
                                .header("Content-Type", "application/json")
                                .header("Content-Encoding", "gzip")
                                .header("Accept-Encoding", "gzip")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(sent))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());

        assertThat(lastSeen().body()).isEqualTo(sent);
        assertThat(lastSeen().headers().get("Content-Encoding")).isEqualTo("gzip");
        assertThat(lastSeen().headers().get("Accept-Encoding")).isEqualTo("gzip");
        assertThat(answer.headers().allValues("Content-Encoding")).containsExactly("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"answer\":42}");
    }

    // row 53
    @Test
    void calls_with_usage_are_answered_in_what_usage_can_be_read_from() throws Exception {
        String ask = "{\"model\":\"sim-small\",\"messages\":[]}";
        stub.answer((request, reply) -> reply.json(200, "{}"));

        gateway.post("/v1/chat/completions", ask, "Accept-Encoding", "br, gzip, zstd")
                .join();
        assertThat(lastSeen().headers().get("Accept-Encoding")).isEqualTo("gzip");
        gateway.post("/v1/messages/count_tokens", ask, "Accept-Encoding", "br, gzip, zstd")
                .join();
        assertThat(lastSeen().headers().get("Accept-Encoding")).isEqualTo("br, gzip, zstd");
    }

    private static byte[] gzip(String text) throws java.io.IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    // row 34
    @Test
    void redirects_are_the_callers_to_follow() throws Exception {
        stub.answer((request, reply) -> reply.json(307, "{}", "Location", "/elsewhere"));
        int before = stub.requests().size();

        HttpResponse<String> answer = gateway.post("/call", "{}").join();

        assertThat(answer.statusCode()).isEqualTo(307);
        assertThat(answer.headers().firstValue("Location")).contains("/elsewhere");
        assertThat(stub.requests()).hasSize(before + 1);
    }

    @Test
    void the_callers_credentials_stay_here_and_ours_go_in_their_place() throws Exception {
        stub.answer((request, reply) -> reply.json(200, "{}"));
        try (RawClient client = gateway.connect()) {
            client.post(
                    "/v1/messages?key=" + gateway.key() + "&beta=true",
                    Calls.CHAT,
                    "x-api-key",
                    gateway.key(),
                    "Authorization",
                    "Bearer " + gateway.key(),
                    "X-Goog-Api-Key",
                    gateway.key(),
                    "Cookie",
                    "mehari_session=" + gateway.key() + "; theirs=1");
            assertThat(client.answer().status()).isEqualTo(200);
        }

        StubUpstream.Request seen = lastSeen();
        assertThat(seen.uri()).contains("beta=true");
        assertThat(seen.uri() + seen.headers().entries() + seen.text()).doesNotContain(gateway.key());
        assertThat(seen.headers().getAll("Authorization")).containsExactly(OUR_CREDENTIAL);
    }

    @Test
    void our_credential_is_never_told_to_a_caller() throws Exception {
        stub.answer((request, reply) -> reply.json(401, "{\"error\":\"no\"}", "WWW-Authenticate", "Bearer"));

        HttpResponse<String> answer = gateway.post("/call", "{}").join();

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"error\":\"no\"}");
        assertThat(answer.headers().map().toString()).doesNotContain("upstream-secret");
    }

    @Test
    void every_answer_has_a_request_id_and_says_how_long_it_waited() throws Exception {
        stub.answer((request, reply) -> reply.json(200, "{}"));

        HttpResponse<String> answer = gateway.post("/call", "{}").join();

        assertThat(answer.headers().firstValue("X-Request-Id"))
                .hasValueSatisfying(id -> assertThat(id).isNotBlank());
        assertThat(answer.headers().firstValue("X-Mehari-Queue-Ms"))
                .hasValueSatisfying(ms -> assertThat(ms).matches("\\d+"));
    }

    @ParameterizedTest
    @CsvSource({"a.b_c-1, true", "..., true", ".., false", "., false", "a/b, false", "a b, false"})
    void a_request_id_of_the_client_is_taken_where_it_can_stand_in_a_path(String id, boolean taken) throws Exception {
        stub.answer((request, reply) -> reply.json(200, "{}"));

        HttpResponse<String> answer =
                gateway.post("/call", "{}", "X-Request-Id", id).join();

        String answered = answer.headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(answered.equals(id)).as(answered).isEqualTo(taken);
        assertThat(answered).isNotIn(".", "..");
    }

    @Test
    void answers_without_a_body_leave_the_connection_usable() throws Exception {
        stub.answer((request, reply) -> {
            if (request.method().equals("HEAD")) {
                reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: \"a\"\r\n\r\n")
                        .done();
            } else if (request.uri().endsWith("204")) {
                reply.raw("HTTP/1.1 204 No Content\r\n\r\n").done();
            } else if (request.uri().endsWith("304")) {
                reply.raw("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n").done();
            } else {
                reply.json(200, "{\"after\":true}");
            }
        });
        try (RawClient client = gateway.connect()) {
            String[] key = {"Authorization", "Bearer " + gateway.key()};
            client.send("HEAD /call HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + gateway.key() + "\r\n\r\n");
            RawClient.Answer head = client.answerWithoutBody();
            RawClient.Answer noContent = client.get("/204", key).answer();
            RawClient.Answer notModified = client.get("/304", key).answer();
            RawClient.Answer after = client.get("/after", key).answer();

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers()).containsEntry("content-length", "1000").containsEntry("etag", "\"a\"");
            assertThat(noContent.status()).isEqualTo(204);
            assertThat(notModified.status()).isEqualTo(304);
            assertThat(notModified.headers()).containsEntry("etag", "\"a\"");
            assertThat(after.body()).isEqualTo("{\"after\":true}");
        }
    }

    // row 34
    @Test
    void a_trace_goes_on_as_the_caller_sent_it_even_malformed() throws Exception {
        stub.answer((request, reply) -> reply.json(200, "{}"));
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        gateway.post("/call", "{}", "traceparent", parent, "tracestate", "vendor=1")
                .join();
        assertThat(lastSeen().headers().getAll("traceparent")).containsExactly(parent);
        assertThat(lastSeen().headers().getAll("tracestate")).containsExactly("vendor=1");

        gateway.post("/call", "{}", "traceparent", "none of ours").join();
        assertThat(lastSeen().headers().getAll("traceparent")).containsExactly("none of ours");
    }
}
