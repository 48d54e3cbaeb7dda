package dev.mehari.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.exchange.Dialect;

/** {@code POST /v1/messages}, after Anthropic's API reference ("Messages" and "Streaming messages"). */
final class Messages implements Endpoint {
    @Override
    public Dialect dialect() {
        return Dialect.ANTHROPIC;
    }

    @Override
    public Reply answer(JsonNode body, int wantedTokens, String id, long createdSeconds) {
        if (!body.has("max_tokens")) {
            throw new InvalidRequest("max_tokens: Field required");
        }
        Prompt prompt = read(body).prompt(body, Prompt.maxTokens(body, "max_tokens"));
        Answer answer = Answer.to(prompt, wantedTokens);
        if (prompt.stream()) {
            return new Reply.Streamed(new Events(answer, id));
        }
        ObjectNode message = message(answer, id);
        message.withArray("content").addObject().put("type", "text").put("text", answer.text());
        message.put("stop_reason", stopReason(answer));
        message.set("usage", usage(answer.inputTokens(), answer.outputTokens()));
        return Reply.Whole.ok(message, answer.outputTokens());
    }

    static Prompt.Reader read(JsonNode body) {
        Prompt.Reader reader = new Prompt.Reader();
        reader.content(body.path("system"), false);
        reader.messages(body.get("messages"), "messages");
        return reader;
    }

    private static ObjectNode message(Answer answer, String id) {
        ObjectNode message = Json.object()
                .put("id", "msg_" + id)
                .put("type", "message")
                .put("role", "assistant")
                .put("model", answer.model());
        message.putArray("content");
        return message.putNull("stop_reason").putNull("stop_sequence");
    }

    private static String stopReason(Answer answer) {
        return answer.truncated() ? "max_tokens" : "end_turn";
    }

    private static ObjectNode usage(int inputTokens, int outputTokens) {
        return Json.object()
                .put("input_tokens", inputTokens)
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", 0)
                .put("output_tokens", outputTokens)
                .put("service_tier", "standard");
    }

    /** message_start, content_block_start, ping, a delta per token, content_block_stop, message_delta, message_stop. */
    private static final class Events implements EventScript {
        private final Answer answer;
        private final String id;

        Events(Answer answer, String id) {
            this.answer = answer;
            this.id = id;
        }

        @Override
        public int prologue() {
            return 3;
        }

        @Override
        public int tokens() {
            return answer.outputTokens();
        }

        @Override
        public int epilogue() {
            return 3;
        }

        @Override
        public String event(int index) {
            return switch (index) {
                case 0 -> start();
                case 1 ->
                    event(
                            "content_block_start",
                            "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}");
                case 2 -> event("ping", "{\"type\":\"ping\"}");
                default ->
                    index - prologue() < tokens()
                            ? delta(answer.tokens().get(index - prologue()))
                            : end(index - prologue() - tokens());
            };
        }

        private String start() {
            ObjectNode message = message(answer, id);
            message.set("usage", usage(answer.inputTokens(), 1));
            ObjectNode start = Json.object().put("type", "message_start");
            start.set("message", message);
            return event("message_start", Json.text(start));
        }

        private static String delta(String token) {
            return event(
                    "content_block_delta",
                    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":"
                            + Json.quoted(token) + "}}");
        }

        private String end(int index) {
            return switch (index) {
                case 0 -> event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}");
                case 1 ->
                    event(
                            "message_delta",
                            "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + stopReason(answer)
                                    + "\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":" + answer.outputTokens()
                                    + "}}");
                default -> event("message_stop", "{\"type\":\"message_stop\"}");
            };
        }

        @Override
        public String error(int index) {
            return event(
                    "error",
                    Json.text(
                            ErrorBodies.anthropic(529, "The simulated upstream broke as it was told to", "req_" + id)));
        }

        private static String event(String name, String data) {
            return "event: " + name + "\ndata: " + data + "\n\n";
        }
    }
}
