package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no good client sends: each is answered in JSON with the right status, and none of it reaches the upstream. */
class BadInputIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_BODY = 12_000_000;

    private static TestDatabase database;
    private static StubUpstream stub;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.respondingWith(200);
        gateway = TestGateway.to(stub, database, "mehari.relay.request-idle", "1s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        stub.close();
        database.close();
    }

    @AfterEach
    void forget() {
        stub.requests().clear();
    }

    private static String authorization() {
        return "Authorization: Bearer " + gateway.key() + "\r\n";
    }

    private static String code(RawClient.Answer answer) throws Exception {
        assertThat(answer.headers().get("content-type")).startsWith("application/json");
        JsonNode error = JSON.readTree(answer.body()).path("error");
        assertThat(error.path("message").asText()).isNotBlank();
        return error.path("code").asText();
    }

    // row 55
    @Test
    void a_body_of_the_largest_size_is_taken() throws Exception {
        try (RawClient client = gateway.connect()) {
            client.post("/call", "x".repeat(LARGEST_BODY), "Authorization", "Bearer " + gateway.key());

            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(stub.requests().get(0).body()).hasSize(LARGEST_BODY);
    }

    // row 55
    @Test
    void a_body_one_byte_too_long_is_refused_by_its_length() throws Exception {
        try (RawClient client = gateway.connect()) {
            client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nContent-Length: " + (LARGEST_BODY + 1)
                    + "\r\n" + authorization() + "\r\n");
            RawClient.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(code(answer)).isEqualTo("request_body_too_large");
        }
        assertThat(stub.requests()).isEmpty();
    }

    // row 55
    @Test
    void a_body_one_byte_too_long_is_refused_in_chunks_too() throws Exception {
        try (RawClient client = gateway.connect()) {
            client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n"
                    + authorization() + "\r\n");
            String chunk = Integer.toHexString(LARGEST_BODY / 10) + "\r\n" + "x".repeat(LARGEST_BODY / 10) + "\r\n";
            for (int i = 0; i < 10; i++) {
                client.send(chunk);
            }
            client.send("1\r\nx\r\n0\r\n\r\n");
            RawClient.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(code(answer)).isEqualTo("request_body_too_large");
        }
        assertThat(stub.requests()).isEmpty();
    }

    // row 57
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\nContent-Length: 20\r\n",
                "Content-Length: 2, 20\r\n",
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Content-Length: +2\r\n",
            })
    void lengths_that_contradict_each_other_are_refused_and_the_connection_ends(String lengths) throws Exception {
        try (RawClient client = gateway.connect()) {
            client.send("POST /call HTTP/1.1\r\nHost: test\r\n" + authorization() + lengths
                    + "\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: test\r\n" + authorization() + "\r\n");
            RawClient.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(code(answer)).isNotBlank();
            assertThat(client.isAtEnd()).isTrue();
        }
        assertThat(stub.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello\r\n\r\n",
                "GET /call HTTP/1.1 and more\r\n\r\n",
                "GET /call HTTP/9.9\r\nHost: test\r\n\r\n",
                "GET /call HTTP/1.1\r\nno header\r\n\r\n",
                "GET /call HTTP/1.1\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003as TLS begins\r\n\r\n",
            })
    void what_is_not_http_is_told_so(String bytes) throws Exception {
        try (RawClient client = gateway.connect()) {
            client.send(bytes);
            RawClient.Answer answer = client.answer();

            assertThat(answer.status()).isIn(400, 505);
            assertThat(code(answer)).isNotBlank();
        }
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void headers_beyond_the_limit_are_told_so() throws Exception {
        try (RawClient client = gateway.connect()) {
            client.get("/call", "Authorization", "Bearer " + gateway.key(), "X-Large", "x".repeat(70_000));
            RawClient.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(431);
            assertThat(code(answer)).isNotBlank();
        }
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void a_target_beyond_the_limit_is_told_so() throws Exception {
        try (RawClient client = gateway.connect()) {
            client.get("/" + "x".repeat(20_000), "Authorization", "Bearer " + gateway.key());
            RawClient.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(414);
            assertThat(code(answer)).isNotBlank();
        }
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void a_request_that_never_gets_finished_is_not_waited_for() throws Exception {
        try (RawClient client = gateway.connect()) {
            client.send("POST /call HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n" + authorization() + "\r\nabc");
            RawClient.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(408);
            assertThat(code(answer)).isNotBlank();
            assertThat(client.isAtEnd()).isTrue();
        }
        assertThat(stub.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\":",
                "[]",
                "no JSON",
                "''",
                "{\"model\":7}",
                "{\"model\":\"a\",\"stream\":\"yes\"}",
                "{\"model\":\"a\"}{\"model\":\"b\"}",
            })
    void a_body_that_is_no_call_is_told_so_and_the_connection_stays(String body) throws Exception {
        try (RawClient client = gateway.connect()) {
            client.post("/v1/chat/completions", body, "Authorization", "Bearer " + gateway.key());
            RawClient.Answer refused = client.answer();
            client.post("/v1/chat/completions", Calls.CHAT, "Authorization", "Bearer " + gateway.key());

            assertThat(refused.status()).isEqualTo(400);
            assertThat(code(refused)).isNotBlank();
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(stub.requests()).hasSize(1);
    }

    @Test
    void refusals_are_in_the_dialect_called() throws Exception {
        try (RawClient client = gateway.connect()) {
            client.post("/v1/messages", "no JSON", "x-api-key", gateway.key());
            RawClient.Answer answer = client.answer();
            JsonNode body = JSON.readTree(answer.body());

            assertThat(answer.status()).isEqualTo(400);
            assertThat(body.path("type").asText()).isEqualTo("error");
            assertThat(body.path("error").path("type").asText()).isEqualTo("invalid_request_error");
            assertThat(answer.body()).contains(answer.headers().get("x-request-id"));
        }
    }

    @Test
    void a_method_that_a_path_does_not_take_is_told_with_those_it_takes() throws Exception {
        try (RawClient client = gateway.connect()) {
            RawClient.Answer get = client.get("/v1/chat/completions", "Authorization", "Bearer " + gateway.key())
                    .answer();
            client.post("/v1/models", "{}", "Authorization", "Bearer " + gateway.key());
            RawClient.Answer post = client.answer();

            assertThat(get.status()).isEqualTo(405);
            assertThat(get.headers()).containsEntry("allow", "POST");
            assertThat(post.status()).isEqualTo(405);
            assertThat(post.headers()).containsEntry("allow", "GET, HEAD");
            assertThat(code(post)).isEqualTo("method_not_allowed");
        }
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void a_caller_without_a_good_key_is_told_so_before_anything_else() throws Exception {
        database.createKey("mh_off", "switched-off", 5);
        database.execute("update api_key set enabled = false where name = 'switched-off'");
        try (RawClient client = gateway.connect()) {
            client.post("/v1/chat/completions", Calls.CHAT);
            RawClient.Answer none = client.answer();
            client.post("/v1/chat/completions", Calls.CHAT, "Authorization", "Bearer mh_unknown");
            RawClient.Answer unknown = client.answer();
            client.post("/v1/messages", "no JSON", "x-api-key", "mh_off");
            RawClient.Answer off = client.answer();

            assertThat(none.status()).isEqualTo(401);
            assertThat(unknown.status()).isEqualTo(401);
            assertThat(off.status()).isEqualTo(401);
            assertThat(code(none)).isNotEqualTo(code(unknown));
            assertThat(off.body()).contains("authentication_error");
            assertThat(none.headers()).containsKey("www-authenticate");
        }
        assertThat(stub.requests()).isEmpty();
    }
}
