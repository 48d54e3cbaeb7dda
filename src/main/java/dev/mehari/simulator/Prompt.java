package dev.mehari.simulator;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a request for text asks for, whichever API it came through.
 *
 * @param model name of the model, as sent
 * @param inputTokens tokens of every text in the request
 * @param lastText the last text of the user, for the echo
 * @param maxTokens bound on the answer's tokens; {@link Integer#MAX_VALUE} when the request has none
 * @param stream whether the answer is to be a stream of events
 */
record Prompt(String model, int inputTokens, String lastText, int maxTokens, boolean stream) {

    static String model(JsonNode body) {
        JsonNode model = body.get("model");
        if (model == null || !model.isTextual() || model.textValue().isEmpty()) {
            throw new InvalidRequest("you must provide a model parameter");
        }
        return model.textValue();
    }

    static int maxTokens(JsonNode body, String... names) {
        for (String name : names) {
            JsonNode value = body.get(name);
            if (value != null && !value.isNull()) {
                if (!value.canConvertToInt() || value.intValue() < 1) {
                    throw new InvalidRequest("'" + name + "' must be a whole number of at least 1.");
                }
                return value.intValue();
            }
        }
        return Integer.MAX_VALUE;
    }

    static boolean stream(JsonNode body) {
        JsonNode stream = body.get("stream");
        if (stream == null || stream.isNull()) {
            return false;
        }
        if (!stream.isBoolean()) {
            throw new InvalidRequest("'stream' must be true or false.");
        }
        return stream.booleanValue();
    }

    /** Adds up the texts of a conversation. */
    static final class Reader {
        private int tokens;
        private String lastText = "";

        /** Takes the messages of chat completions and of Anthropic, and the input items of Responses. */
        void messages(JsonNode messages, String name) {
            if (messages == null || !messages.isArray() || messages.isEmpty()) {
                throw new InvalidRequest("'" + name + "' must be an array with at least one element.");
            }
            for (JsonNode message : messages) {
                content(
                        message.path("content"),
                        "user".equals(message.path("role").textValue()));
            }
        }

        /** Takes a string, or an array of parts of which those with a {@code text} count. */
        void content(JsonNode content, boolean user) {
            if (content.isTextual()) {
                text(content.textValue(), user);
            } else {
                for (JsonNode part : content) {
                    if (part.path("text").isTextual()) {
                        text(part.get("text").textValue(), user);
                    }
                }
            }
        }

        private void text(String text, boolean user) {
            tokens += Tokens.count(text);
            if (user) {
                lastText = text;
            }
        }

        int tokens() {
            return tokens;
        }

        Prompt prompt(JsonNode body, int maxTokens) {
            return new Prompt(model(body), tokens, lastText, maxTokens, stream(body));
        }
    }
}
