package dev.mehari.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official clients of OpenAI and Anthropic, unmodified, against the simulated upstream. */
class OfficialClientsIT {
    private static SimulatedUpstream upstream;
    private static OpenAIClient openAi;
    private static AnthropicClient anthropic;

    @BeforeAll
    static void start() {
        upstream = SimulatedUpstream.start();
        openAi = OpenAIOkHttpClient.builder()
                .baseUrl(upstream.uri() + "/v1")
                .apiKey("any")
                .build();
        anthropic = AnthropicOkHttpClient.builder()
                .baseUrl(upstream.uri().toString())
                .apiKey("any")
                .build();
    }

    @AfterAll
    static void stop() {
        openAi.close();
        anthropic.close();
        upstream.close();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder().model("sim-small").addUserMessage("Where is Réunion?");
    }

    private static ResponseCreateParams.Builder response() {
        return ResponseCreateParams.builder().model("sim-small").input("Where is Réunion?");
    }

    private static MessageCreateParams.Builder message() {
        return MessageCreateParams.builder()
                .model("sim-large")
                .maxTokens(1000)
                .system("Be brief.")
                .addUserMessage("Where is Réunion?");
    }

    @Test
    void chat_completion_echoes_the_prompt_and_counts_its_tokens() {
        ChatCompletion completion = openAi.chat().completions().create(chat().build());

        String text = completion.choices().get(0).message().content().orElseThrow();
        assertThat(text).contains("Where is Réunion?").contains("sim-small");
        assertThat(completion.usage().orElseThrow().promptTokens()).isEqualTo(Tokens.count("Where is Réunion?"));
        assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(Tokens.count(text));
    }

    @Test
    void streamed_chat_completion_is_the_whole_one_in_pieces() {
        ChatCompletionAccumulator pieces = ChatCompletionAccumulator.create();
        ChatCompletionStreamOptions usage =
                ChatCompletionStreamOptions.builder().includeUsage(true).build();
        try (com.openai.core.http.StreamResponse<ChatCompletionChunk> stream = openAi.chat()
                .completions()
                .createStreaming(chat().streamOptions(usage).build())) {
            stream.stream().forEach(pieces::accumulate);
        }
        ChatCompletion whole = openAi.chat().completions().create(chat().build());

        ChatCompletion streamed = pieces.chatCompletion();
        assertThat(streamed.choices().get(0).message().content())
                .isEqualTo(whole.choices().get(0).message().content());
        assertThat(streamed.usage().orElseThrow().totalTokens())
                .isEqualTo(whole.usage().orElseThrow().totalTokens());
        assertThat(streamed.id()).isNotEqualTo(whole.id());
    }

    @Test
    void chat_completion_stops_at_the_most_tokens_asked_for() {
        ChatCompletion completion =
                openAi.chat().completions().create(chat().maxCompletionTokens(5).build());

        assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(5);
        assertThat(completion.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
    }

    @Test
    void response_echoes_the_prompt_and_is_valid() {
        Response response = openAi.responses().create(response().build()).validate();

        assertThat(response.status()).contains(ResponseStatus.COMPLETED);
        assertThat(response.output()
                        .get(0)
                        .asMessage()
                        .content()
                        .get(0)
                        .asOutputText()
                        .text())
                .contains("Where is Réunion?");
        assertThat(response.usage().orElseThrow().inputTokens()).isEqualTo(Tokens.count("Where is Réunion?"));
    }

    @Test
    void streamed_response_has_valid_events_in_order() {
        ResponseAccumulator pieces = ResponseAccumulator.create();
        List<ResponseStreamEvent> events;
        try (com.openai.core.http.StreamResponse<ResponseStreamEvent> stream =
                openAi.responses().createStreaming(response().build())) {
            events = stream.stream()
                    .map(ResponseStreamEvent::validate)
                    .peek(pieces::accumulate)
                    .toList();
        }

        assertThat(pieces.response().status()).contains(ResponseStatus.COMPLETED);
        assertThat(events.get(0).isCreated()).isTrue();
        assertThat(events.get(events.size() - 1).isCompleted()).isTrue();
        String text = events.stream()
                .filter(ResponseStreamEvent::isOutputTextDelta)
                .map(event -> event.asOutputTextDelta().delta())
                .reduce("", String::concat);
        assertThat(text)
                .isEqualTo(pieces.response()
                        .output()
                        .get(0)
                        .asMessage()
                        .content()
                        .get(0)
                        .asOutputText()
                        .text());
    }

    @Test
    void embedding_is_the_same_in_both_encodings() {
        EmbeddingCreateParams.Builder params = EmbeddingCreateParams.builder()
                .model("text-embedding-3-small")
                .input("curry")
                .dimensions(64);
        List<Float> floats = openAi.embeddings()
                .create(params.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                        .build())
                .data()
                .get(0)
                .embedding();
        List<Float> base64 = openAi.embeddings()
                .create(params.encodingFormat(EmbeddingCreateParams.EncodingFormat.BASE64)
                        .build())
                .data()
                .get(0)
                .embedding();

        assertThat(floats).hasSize(64).isEqualTo(base64);
        assertThat(floats.stream().mapToDouble(f -> f * f).sum()).isCloseTo(1, within(1e-5));
    }

    @Test
    void models_are_listed_for_both() {
        assertThat(openAi.models().list().data()).anyMatch(model -> model.id().equals("sim-small"));
        assertThat(openAi.models().retrieve("sim-small").id()).isEqualTo("sim-small");
        assertThat(anthropic.models().list().data())
                .anyMatch(model -> model.id().equals("sim-small"));
    }

    @Test
    void message_echoes_the_prompt_and_counts_its_tokens() {
        Message message = anthropic.messages().create(message().build()).validate();

        String text = message.content().get(0).asText().text();
        assertThat(text).contains("Where is Réunion?").contains("sim-large");
        assertThat(message.usage().inputTokens()).isEqualTo(Tokens.count("Be brief." + "Where is Réunion?"));
        assertThat(message.usage().outputTokens()).isEqualTo(Tokens.count(text));
    }

    @Test
    void streamed_message_is_the_whole_one_in_pieces() {
        MessageAccumulator pieces = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream =
                anthropic.messages().createStreaming(message().build())) {
            stream.stream().forEach(pieces::accumulate);
        }
        Message whole = anthropic.messages().create(message().build());

        assertThat(pieces.message().content().get(0).asText().text())
                .isEqualTo(whole.content().get(0).asText().text());
        assertThat(pieces.message().usage().outputTokens())
                .isEqualTo(whole.usage().outputTokens());
        assertThat(pieces.message().stopReason()).isEqualTo(whole.stopReason());
    }

    @Test
    void tokens_are_counted_as_messages_counts_them() {
        long counted = anthropic
                .messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model("sim-large")
                        .system("Be brief.")
                        .addUserMessage("Where is Réunion?")
                        .build())
                .inputTokens();

        assertThat(counted)
                .isEqualTo(
                        anthropic.messages().create(message().build()).usage().inputTokens());
    }

    @Test
    void both_retry_a_failure_and_succeed() {
        ChatCompletion completion = openAi.chat()
                .completions()
                .create(chat().putAdditionalHeader("X-Sim-Fail-Times", "1")
                        .putAdditionalHeader("X-Sim-Id", "openai")
                        .putAdditionalHeader("X-Sim-Retry-After", "0.01")
                        .build());
        Message message = anthropic
                .messages()
                .create(message()
                        .putAdditionalHeader("X-Sim-Fail-Times", "1")
                        .putAdditionalHeader("X-Sim-Id", "anthropic")
                        .putAdditionalHeader("X-Sim-Retry-After", "0.01")
                        .build());

        assertThat(completion.choices()).hasSize(1);
        assertThat(message.content()).hasSize(1);
    }

    @Test
    void errors_arrive_as_the_exceptions_of_each_client() {
        assertThatThrownBy(() -> openAi.chat()
                        .completions()
                        .create(chat().putAdditionalHeader("X-Sim-Status", "401")
                                .build()))
                .isInstanceOf(com.openai.errors.UnauthorizedException.class)
                .hasMessageContaining("fails as it was told to");
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message()
                                .putAdditionalHeader("X-Sim-Status", "401")
                                .build()))
                .isInstanceOf(com.anthropic.errors.UnauthorizedException.class)
                .hasMessageContaining("authentication_error");
    }

    @Test
    void an_error_event_breaks_the_stream_of_each_client() {
        assertThatThrownBy(() -> {
                    try (com.openai.core.http.StreamResponse<ChatCompletionChunk> stream = openAi.chat()
                            .completions()
                            .createStreaming(chat().putAdditionalHeader("X-Sim-Error-After", "3")
                                    .build())) {
                        stream.stream().forEach(chunk -> {});
                    }
                })
                .isInstanceOf(com.openai.errors.SseException.class);
        assertThatThrownBy(() -> {
                    try (StreamResponse<RawMessageStreamEvent> stream = anthropic
                            .messages()
                            .createStreaming(message()
                                    .putAdditionalHeader("X-Sim-Error-After", "4")
                                    .build())) {
                        stream.stream().forEach(event -> {});
                    }
                })
                .isInstanceOf(com.anthropic.errors.SseException.class);
    }
}
