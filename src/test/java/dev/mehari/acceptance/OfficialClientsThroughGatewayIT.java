package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official clients of OpenAI and Anthropic, unmodified, through the gateway to the simulated upstream. */
class OfficialClientsThroughGatewayIT {
    private static TestDatabase database;
    private static TestGateway gateway;
    private static OpenAIClient openAi;
    private static AnthropicClient anthropic;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        gateway = TestGateway.simulated(database, "mehari.breaker.threshold", "100");
        openAi = openAi(gateway.key());
        anthropic = anthropic(gateway.key());
    }

    @AfterAll
    static void stop() {
        openAi.close();
        anthropic.close();
        gateway.close();
        database.close();
    }

    private static OpenAIClient openAi(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(gateway.url() + "/v1")
                .apiKey(key)
                .build();
    }

    private static AnthropicClient anthropic(String key) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(gateway.url())
                .apiKey(key)
                .build();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder().model("sim-small").addUserMessage("Where is Réunion?");
    }

    private static ResponseCreateParams response() {
        return ResponseCreateParams.builder()
                .model("sim-small")
                .input("Where is Réunion?")
                .build();
    }

    private static MessageCreateParams.Builder message() {
        return MessageCreateParams.builder().model("sim-large").maxTokens(1000).addUserMessage("Where is Réunion?");
    }

    // row 78
    @Test
    void chat_completions_answer_whole_and_in_pieces() {
        ChatCompletion whole = openAi.chat().completions().create(chat().build());
        ChatCompletionAccumulator pieces = ChatCompletionAccumulator.create();
        try (com.openai.core.http.StreamResponse<ChatCompletionChunk> stream =
                openAi.chat().completions().createStreaming(chat().build())) {
            stream.stream().forEach(pieces::accumulate);
        }

        String text = whole.choices().get(0).message().content().orElseThrow();
        assertThat(text).contains("Where is Réunion?");
        assertThat(pieces.chatCompletion().choices().get(0).message().content()).contains(text);
    }

    // row 78
    @Test
    void responses_answer_whole_and_in_pieces() {
        Response whole = openAi.responses().create(response()).validate();
        ResponseAccumulator pieces = ResponseAccumulator.create();
        try (com.openai.core.http.StreamResponse<ResponseStreamEvent> stream =
                openAi.responses().createStreaming(response())) {
            stream.stream().map(ResponseStreamEvent::validate).forEach(pieces::accumulate);
        }

        assertThat(whole.status()).contains(ResponseStatus.COMPLETED);
        assertThat(pieces.response().status()).contains(ResponseStatus.COMPLETED);
        assertThat(textOf(pieces.response())).isEqualTo(textOf(whole)).contains("Where is Réunion?");
    }

    private static String textOf(Response response) {
        return response.output()
                .get(0)
                .asMessage()
                .content()
                .get(0)
                .asOutputText()
                .text();
    }

    // row 78
    @Test
    void models_are_listed_in_both_dialects() {
        assertThat(openAi.models().list().data()).anyMatch(model -> model.id().equals("sim-small"));
        assertThat(openAi.models().retrieve("sim-small").id()).isEqualTo("sim-small");
        assertThat(anthropic.models().list().data())
                .anyMatch(model -> model.id().equals("sim-small"));
    }

    @Test
    void embeddings_answer() {
        EmbeddingCreateParams params = EmbeddingCreateParams.builder()
                .model("text-embedding-3-small")
                .input("curry")
                .dimensions(64)
                .build();

        assertThat(openAi.embeddings().create(params).data().get(0).embedding()).hasSize(64);
    }

    @Test
    void messages_answer_whole_and_in_pieces() {
        Message whole = anthropic.messages().create(message().build()).validate();
        MessageAccumulator pieces = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream =
                anthropic.messages().createStreaming(message().build())) {
            stream.stream().forEach(pieces::accumulate);
        }

        String text = whole.content().get(0).asText().text();
        assertThat(text).contains("Where is Réunion?");
        assertThat(pieces.message().content().get(0).asText().text()).isEqualTo(text);
        assertThat(pieces.message().stopReason()).isEqualTo(whole.stopReason());
    }

    @Test
    void tokens_are_counted() {
        MessageCountTokensParams params = MessageCountTokensParams.builder()
                .model("sim-large")
                .addUserMessage("Where is Réunion?")
                .build();

        assertThat(anthropic.messages().countTokens(params).inputTokens()).isPositive();
    }

    @Test
    void both_clients_heed_the_upstreams_retry_after() {
        long started = System.nanoTime();
        openAi.chat()
                .completions()
                .create(chat().putAdditionalHeader("X-Sim-Status", "429")
                        .putAdditionalHeader("X-Sim-Fail-Times", "1")
                        .putAdditionalHeader("X-Sim-Id", "gateway-openai")
                        .putAdditionalHeader("X-Sim-Retry-After", "1.5")
                        .build());
        anthropic
                .messages()
                .create(message()
                        .putAdditionalHeader("X-Sim-Status", "503")
                        .putAdditionalHeader("X-Sim-Fail-Times", "1")
                        .putAdditionalHeader("X-Sim-Id", "gateway-anthropic")
                        .putAdditionalHeader("X-Sim-Retry-After", "1.5")
                        .build());

        // Without Retry-After they would have come back within half a second each.
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofSeconds(3));
    }

    @Test
    void both_clients_heed_the_gateways_own_retry_after() throws Exception {
        gateway.set("proxy.rate_limit", "1");
        try {
            for (int i = 0; i < 2; i++) {
                // The first takes the second's only place, so that the client's call is refused and has to come back.
                HttpResponse<String> first = gateway.get("/v1/models").join();
                long started = System.nanoTime();
                if (i == 0) {
                    openAi.chat().completions().create(chat().build());
                } else {
                    anthropic.messages().create(message().build());
                }

                assertThat(first.statusCode()).isIn(200, 503);
                assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(900));
            }
        } finally {
            gateway.set("proxy.rate_limit", "0");
        }
    }

    @Test
    void refusals_arrive_as_the_exceptions_of_each_client() {
        assertThatThrownBy(() -> openAi("mh_wrong").models().list())
                .isInstanceOf(com.openai.errors.UnauthorizedException.class);
        assertThatThrownBy(
                        () -> anthropic("mh_wrong").messages().create(message().build()))
                .isInstanceOf(com.anthropic.errors.UnauthorizedException.class)
                .hasMessageContaining("authentication_error");
        assertThatThrownBy(() -> openAi.chat()
                        .completions()
                        .create(chat().putAdditionalHeader("X-Request-Timeout", "soon")
                                .build()))
                .isInstanceOf(com.openai.errors.BadRequestException.class)
                .hasMessageContaining("X-Request-Timeout");
    }

    @Test
    void a_stream_cut_on_the_way_is_an_exception_in_each_client() {
        assertThatThrownBy(() -> {
                    try (com.openai.core.http.StreamResponse<ChatCompletionChunk> stream = openAi.chat()
                            .completions()
                            .createStreaming(chat().putAdditionalHeader("X-Sim-Cut-After", "3")
                                    .build())) {
                        stream.stream().forEach(chunk -> {});
                    }
                })
                .isInstanceOf(com.openai.errors.SseException.class);
        assertThatThrownBy(() -> {
                    try (StreamResponse<RawMessageStreamEvent> stream = anthropic
                            .messages()
                            .createStreaming(message()
                                    .putAdditionalHeader("X-Sim-Cut-After", "4")
                                    .build())) {
                        stream.stream().forEach(event -> {});
                    }
                })
                .isInstanceOf(com.anthropic.errors.SseException.class);
    }

    @Test
    void a_path_that_no_api_has_is_told_so() throws Exception {
        try (RawClient client = gateway.connect()) {
            RawClient.Answer answer = client.get("/elsewhere", "Authorization", "Bearer " + gateway.key())
                    .answer();

            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.body()).contains("unknown_path");
        }
    }
}
