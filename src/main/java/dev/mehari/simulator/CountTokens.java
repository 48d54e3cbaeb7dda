package dev.mehari.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.exchange.Dialect;

/** {@code POST /v1/messages/count_tokens}, after Anthropic's API reference. */
final class CountTokens implements Endpoint {
    @Override
    public Dialect dialect() {
        return Dialect.ANTHROPIC;
    }

    @Override
    public Reply answer(JsonNode body, int wantedTokens, String id, long createdSeconds) {
        Prompt.model(body);
        int tokens = Messages.read(body).tokens();
        return Reply.Whole.ok(Json.object().put("input_tokens", tokens), 0);
    }
}
