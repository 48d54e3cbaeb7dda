package dev.mehari.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatedUpstreamIT {
    private static final String CHAT = "/v1/chat/completions";
    private static final String MESSAGES = "/v1/messages";
    private static final String CHAT_BODY = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final String CHAT_STREAM = CHAT_BODY.replace("\"m\",", "\"m\",\"stream\":true,");
    private final HttpClient client = HttpClient.newHttpClient();
    private SimulatedUpstream upstream = SimulatedUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
    }

    private void restart(SimulatorSettings settings) {
        upstream.close();
        upstream = SimulatedUpstream.start(settings);
    }

    private HttpRequest request(String path, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(upstream.uri().resolve(path)).POST(BodyPublishers.ofString(body));
        return headers.length == 0 ? request.build() : request.headers(headers).build();
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return client.send(request(path, body, headers), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }

    @Test
    void invalid_requests_are_400_in_the_shape_of_each_api() throws Exception {
        HttpResponse<String> openAi = post(CHAT, "{\"model\":");
        HttpResponse<String> anthropic = post(MESSAGES, "[]");
        HttpResponse<String> noBound = post(MESSAGES, CHAT_BODY);

        assertThat(openAi.statusCode()).isEqualTo(400);
        assertThat(json(openAi).at("/error/type").textValue()).isEqualTo("invalid_request_error");
        assertThat(anthropic.statusCode()).isEqualTo(400);
        assertThat(json(anthropic).get("type").textValue()).isEqualTo("error");
        assertThat(json(anthropic).at("/error/type").textValue()).isEqualTo("invalid_request_error");
        assertThat(json(noBound).at("/error/message").textValue()).contains("max_tokens");
        assertThat(post(CHAT, "{\"model\":\"m\"}").statusCode()).isEqualTo(400);
        assertThat(post(CHAT, CHAT_BODY, "X-Sim-Latency", "soon").statusCode()).isEqualTo(400);
    }

    @Test
    void unknown_paths_are_404_and_wrong_methods_405() throws Exception {
        assertThat(post("/v2/nothing", "{}").statusCode()).isEqualTo(404);
        HttpRequest get =
                HttpRequest.newBuilder(upstream.uri().resolve(CHAT)).GET().build();
        HttpResponse<String> wrong = client.send(get, BodyHandlers.ofString());
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("allow")).contains("POST");
    }

    @Test
    void every_answer_has_an_id_of_its_own_even_when_the_request_is_known() throws Exception {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> answer = post(CHAT, CHAT_BODY);
            ids.add(json(answer).get("id").textValue());
            ids.add(answer.headers().firstValue("x-request-id").orElseThrow());
        }
        assertThat(ids).hasSize(10);
    }

    @Test
    void the_rate_limit_answers_429_and_tells_when_to_come_back() throws Exception {
        restart(SimulatorSettings.DEFAULT.withFaults(Faults.NONE.withRateLimit(1, Duration.ofMinutes(1))));

        HttpResponse<String> first = post(CHAT, CHAT_BODY, "Authorization", "Bearer a");
        HttpResponse<String> second = post(CHAT, CHAT_BODY, "Authorization", "Bearer a");
        HttpResponse<String> other = post(CHAT, CHAT_BODY, "Authorization", "Bearer b");

        assertThat(first.headers().firstValue("x-ratelimit-remaining-requests")).contains("0");
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(json(second).at("/error/code").textValue()).isEqualTo("rate_limit_exceeded");
        assertThat(second.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(50L, 60L);
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(upstream.stats().rateLimited()).isEqualTo(1);
    }

    @Test
    void fails_as_often_as_configured() throws Exception {
        restart(SimulatorSettings.DEFAULT.withFaults(new Faults(0.3, 502, 0, Duration.ofSeconds(1))));

        int failures = 0;
        for (int i = 0; i < 100; i++) {
            failures += post(CHAT, CHAT_BODY).statusCode() == 502 ? 1 : 0;
        }

        assertThat(failures).isBetween(15, 45);
        assertThat(post(CHAT, CHAT_BODY, "X-Sim-Status", "200").statusCode()).isEqualTo(200);
    }

    @Test
    void a_request_chooses_its_failure() throws Exception {
        String[] failTwice = {"X-Sim-Fail-Times", "2", "X-Sim-Id", "x", "X-Sim-Retry-After", "7"};

        HttpResponse<String> first = post(MESSAGES, "{}", failTwice);

        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(first.headers().firstValue("retry-after")).contains("7");
        assertThat(post(CHAT, CHAT_BODY, failTwice).statusCode()).isEqualTo(503);
        assertThat(post(CHAT, CHAT_BODY, failTwice).statusCode()).isEqualTo(200);
        assertThat(json(post(MESSAGES, "{}", "X-Sim-Status", "529"))
                        .at("/error/type")
                        .textValue())
                .isEqualTo("overloaded_error");
    }

    @Test
    void answers_take_the_latency_and_the_time_of_their_tokens() throws Exception {
        long start = System.nanoTime();
        JsonNode answer = json(post(
                CHAT, CHAT_BODY, "X-Sim-Latency", "50", "X-Sim-Sse-Events", "10", "X-Sim-Tokens-Per-Second", "100"));

        assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(10);
        assertThat(System.nanoTime() - start)
                .isGreaterThan(Duration.ofMillis(150).toNanos());
    }

    @Test
    void a_cut_stream_ends_in_a_reset_after_its_events() throws Exception {
        // The reset may overtake the head in the client, which then fails before it has an answer to read.
        assertThatThrownBy(() -> client.send(
                                request(CHAT, CHAT_STREAM, "X-Sim-Cut-After", "3"), BodyHandlers.ofInputStream())
                        .body()
                        .readAllBytes())
                .isInstanceOf(IOException.class);
        assertThat(upstream.stats().streamsCut()).isEqualTo(1);
    }

    @Test
    void a_client_that_leaves_ends_its_stream() throws Exception {
        HttpResponse<InputStream> answer = client.send(
                request(CHAT, CHAT_STREAM, "X-Sim-Sse-Interval", "50", "X-Sim-Sse-Events", "100000"),
                BodyHandlers.ofInputStream());
        answer.body().read();
        answer.body().close();

        await().atMost(Duration.ofSeconds(5)).until(() -> upstream.stats().streamsAborted() == 1);
        assertThat(upstream.stats().inFlight()).isZero();
    }

    @Test
    void a_stream_faster_than_its_reader_arrives_whole() throws Exception {
        HttpResponse<InputStream> answer =
                client.send(request(CHAT, CHAT_STREAM, "X-Sim-Sse-Events", "50000"), BodyHandlers.ofInputStream());
        String text = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(text).endsWith("data: [DONE]\n\n");
        assertThat(text.split("\n\n", -1)).hasSize(50_000 + 3 + 1);
    }

    @Test
    void pipelined_requests_are_answered_in_order() throws Exception {
        String slow = "GET /v1/models/sim-large HTTP/1.1\r\nhost: x\r\nx-sim-latency: 50\r\n\r\n";
        String fast = "GET /v1/models/sim-small HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

        String answers = exchange(slow + fast);

        assertThat(answers.indexOf("sim-large")).isPositive().isLessThan(answers.indexOf("sim-small"));
    }

    @Test
    void what_is_not_http_is_400_and_the_connection_ends() throws Exception {
        assertThat(exchange("NONSENSE\r\n\r\n")).startsWith("HTTP/1.1 400 ").contains("connection: close");
    }

    private String exchange(String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), upstream.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void stats_and_echo_are_not_counted() throws Exception {
        post(CHAT, CHAT_BODY);
        JsonNode echo = json(post("/sim/echo", "hello", "X-Probe", "1"));
        JsonNode stats = json(post("/sim/stats", ""));

        assertThat(echo.get("body").textValue()).isEqualTo("hello");
        assertThat(stats.get("requests").intValue()).isEqualTo(1);
        assertThat(stats.get("succeeded").intValue()).isEqualTo(1);
    }
}
