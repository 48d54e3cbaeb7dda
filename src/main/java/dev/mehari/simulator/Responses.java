package dev.mehari.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.exchange.Dialect;
import java.util.function.Consumer;

/** {@code POST /v1/responses}, after OpenAI's API reference ("Responses" and "Streaming events"). */
final class Responses implements Endpoint {
    @Override
    public Dialect dialect() {
        return Dialect.OPENAI;
    }

    @Override
    public Reply answer(JsonNode body, int wantedTokens, String id, long createdSeconds) {
        Prompt.Reader reader = new Prompt.Reader();
        reader.content(body.path("instructions"), false);
        JsonNode input = body.get("input");
        if (input != null && input.isTextual()) {
            reader.content(input, true);
        } else {
            reader.messages(input, "input");
        }
        Prompt prompt = reader.prompt(body, Prompt.maxTokens(body, "max_output_tokens"));
        Answer answer = Answer.to(prompt, wantedTokens);
        Draft draft = new Draft(answer, id, createdSeconds, body.path("instructions"));
        return prompt.stream()
                ? new Reply.Streamed(new Events(draft))
                : Reply.Whole.ok(draft.finished(), answer.outputTokens());
    }

    /** The response object and its parts in their states. */
    private record Draft(Answer answer, String id, long createdSeconds, JsonNode instructions) {
        String status() {
            return answer.truncated() ? "incomplete" : "completed";
        }

        String itemId() {
            return "msg_" + id;
        }

        ObjectNode started() {
            ObjectNode response = response("in_progress");
            return response.putNull("usage");
        }

        ObjectNode finished() {
            ObjectNode response = response(status());
            response.withArray("output").add(item(status(), true));
            if (answer.truncated()) {
                response.putObject("incomplete_details").put("reason", "max_output_tokens");
            }
            ObjectNode usage = response.putObject("usage").put("input_tokens", answer.inputTokens());
            usage.putObject("input_tokens_details").put("cached_tokens", 0).put("cache_write_tokens", 0);
            usage.put("output_tokens", answer.outputTokens());
            usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
            usage.put("total_tokens", answer.inputTokens() + answer.outputTokens());
            return response;
        }

        private ObjectNode response(String status) {
            ObjectNode response = Json.object()
                    .put("id", "resp_" + id)
                    .put("object", "response")
                    .put("created_at", createdSeconds)
                    .put("status", status)
                    .putNull("error")
                    .putNull("incomplete_details");
            response.set("instructions", instructions.isMissingNode() ? null : instructions);
            response.put("model", answer.model()).putArray("output");
            response.put("parallel_tool_calls", true).putNull("temperature").put("tool_choice", "auto");
            response.putArray("tools");
            response.putNull("top_p").putObject("metadata");
            return response;
        }

        ObjectNode item(String status, boolean withText) {
            ObjectNode item = Json.object()
                    .put("id", itemId())
                    .put("type", "message")
                    .put("status", status)
                    .put("role", "assistant");
            var content = item.putArray("content");
            if (withText) {
                content.add(part(answer.text()));
            }
            return item;
        }

        static ObjectNode part(String text) {
            ObjectNode part = Json.object().put("type", "output_text").put("text", text);
            part.putArray("annotations");
            part.putArray("logprobs");
            return part;
        }
    }

    /** created, in_progress, item and part added, a delta per token, text, part and item done, completed. */
    private static final class Events implements EventScript {
        private final Draft draft;

        Events(Draft draft) {
            this.draft = draft;
        }

        @Override
        public int prologue() {
            return 4;
        }

        @Override
        public int tokens() {
            return draft.answer().outputTokens();
        }

        @Override
        public int epilogue() {
            return 4;
        }

        @Override
        public String event(int index) {
            int token = index - prologue();
            if (token >= 0 && token < tokens()) {
                return wire(
                        "response.output_text.delta",
                        "{\"type\":\"response.output_text.delta\",\"sequence_number\":" + index + ",\"item_id\":\""
                                + draft.itemId() + "\",\"output_index\":0,\"content_index\":0,\"delta\":"
                                + Json.quoted(draft.answer().tokens().get(token)) + ",\"logprobs\":[]}");
            }
            return token < 0 ? opening(index) : closing(index, token - tokens());
        }

        private String opening(int index) {
            return switch (index) {
                case 0 -> event("response.created", index, e -> e.set("response", draft.started()));
                case 1 -> event("response.in_progress", index, e -> e.set("response", draft.started()));
                case 2 ->
                    event(
                            "response.output_item.added",
                            index,
                            e -> e.put("output_index", 0).set("item", draft.item("in_progress", false)));
                default -> event("response.content_part.added", index, e -> place(e).set("part", Draft.part("")));
            };
        }

        private String closing(int index, int step) {
            return switch (step) {
                case 0 ->
                    event(
                            "response.output_text.done",
                            index,
                            e -> place(e).put("text", draft.answer().text()).putArray("logprobs"));
                case 1 ->
                    event(
                            "response.content_part.done",
                            index,
                            e -> place(e).set("part", Draft.part(draft.answer().text())));
                case 2 ->
                    event(
                            "response.output_item.done",
                            index,
                            e -> e.put("output_index", 0).set("item", draft.item(draft.status(), true)));
                default -> event("response." + draft.status(), index, e -> e.set("response", draft.finished()));
            };
        }

        private ObjectNode place(ObjectNode event) {
            return event.put("item_id", draft.itemId()).put("output_index", 0).put("content_index", 0);
        }

        @Override
        public String error(int index) {
            return event(
                    "error",
                    index,
                    e -> e.put("code", "server_error")
                            .put("message", "The simulated upstream broke as it was told to")
                            .putNull("param"));
        }

        private static String event(String type, int index, Consumer<ObjectNode> fields) {
            ObjectNode event = Json.object().put("type", type).put("sequence_number", index);
            fields.accept(event);
            return wire(type, Json.text(event));
        }

        private static String wire(String type, String data) {
            return "event: " + type + "\ndata: " + data + "\n\n";
        }
    }
}
