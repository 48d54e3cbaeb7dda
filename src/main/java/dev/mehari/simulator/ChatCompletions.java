package dev.mehari.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.exchange.Dialect;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/chat/completions}, after OpenAI's API reference ("Chat Completions" and its streaming chunks). */
final class ChatCompletions implements Endpoint {
    @Override
    public Dialect dialect() {
        return Dialect.OPENAI;
    }

    @Override
    public Reply answer(JsonNode body, int wantedTokens, String id, long createdSeconds) {
        Prompt.Reader reader = new Prompt.Reader();
        reader.messages(body.get("messages"), "messages");
        Prompt prompt = reader.prompt(body, Prompt.maxTokens(body, "max_completion_tokens", "max_tokens"));
        Answer answer = Answer.to(prompt, wantedTokens);
        if (prompt.stream()) {
            boolean usage = body.path("stream_options").path("include_usage").asBoolean(false);
            return new Reply.Streamed(new Chunks(answer, usage, id, createdSeconds));
        }
        return Reply.Whole.ok(completion(answer, id, createdSeconds), answer.outputTokens());
    }

    private static ObjectNode completion(Answer answer, String id, long createdSeconds) {
        ObjectNode completion = Json.object()
                .put("id", "chatcmpl-" + id)
                .put("object", "chat.completion")
                .put("created", createdSeconds)
                .put("model", answer.model());
        ObjectNode choice = completion.putArray("choices").addObject().put("index", 0);
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", answer.text())
                .putNull("refusal")
                .putArray("annotations");
        choice.putNull("logprobs").put("finish_reason", finishReason(answer));
        completion.set("usage", usage(answer));
        return completion.put("service_tier", "default").put("system_fingerprint", "fp_simulated");
    }

    private static String finishReason(Answer answer) {
        return answer.truncated() ? "length" : "stop";
    }

    private static ObjectNode usage(Answer answer) {
        ObjectNode usage = Json.object()
                .put("prompt_tokens", answer.inputTokens())
                .put("completion_tokens", answer.outputTokens())
                .put("total_tokens", answer.inputTokens() + answer.outputTokens());
        usage.putObject("prompt_tokens_details").put("cached_tokens", 0).put("audio_tokens", 0);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", 0).put("audio_tokens", 0);
        return usage;
    }

    /** Role, tokens, finish reason, usage when asked for, {@code [DONE]}. */
    private static final class Chunks implements EventScript {
        private static final int PROLOGUE = 1;
        private final Answer answer;
        private final boolean withUsage;
        private final String head;
        private final String tail;

        Chunks(Answer answer, boolean withUsage, String id, long createdSeconds) {
            this.answer = answer;
            this.withUsage = withUsage;
            head = "data: {\"id\":\"chatcmpl-" + id + "\",\"object\":\"chat.completion.chunk\",\"created\":"
                    + createdSeconds
                    + ",\"model\":" + Json.quoted(answer.model())
                    + ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulated\",\"choices\":[";
            tail = withUsage ? "],\"usage\":null}\n\n" : "]}\n\n";
        }

        @Override
        public int prologue() {
            return PROLOGUE;
        }

        @Override
        public int tokens() {
            return answer.outputTokens();
        }

        @Override
        public int epilogue() {
            return withUsage ? 3 : 2;
        }

        @Override
        public String event(int index) {
            if (index < PROLOGUE) {
                return chunk("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", null);
            }
            int token = index - PROLOGUE;
            if (token < tokens()) {
                return chunk("{\"content\":" + Json.quoted(answer.tokens().get(token)) + "}", null);
            }
            if (token == tokens()) {
                return chunk("{}", finishReason(answer));
            }
            if (index < size() - 1) {
                return head + "],\"usage\":" + Json.text(usage(answer)) + "}\n\n";
            }
            return "data: [DONE]\n\n";
        }

        private String chunk(String delta, @Nullable String finishReason) {
            String reason = finishReason == null ? "null" : "\"" + finishReason + "\"";
            return head + "{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":" + reason + "}"
                    + tail;
        }

        @Override
        public String error(int index) {
            return "data: " + Json.text(ErrorBodies.openAi(500, "The simulated upstream broke as it was told to"))
                    + "\n\n";
        }
    }
}
