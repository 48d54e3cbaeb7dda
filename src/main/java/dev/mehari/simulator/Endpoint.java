package dev.mehari.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.exchange.Dialect;

/** One API of the simulated upstream that takes a JSON body. Stateless. */
interface Endpoint {
    /** Returns whose shape errors have. */
    Dialect dialect();

    /**
     * Returns the answer to {@code body}.
     *
     * @param body a JSON object
     * @param wantedTokens length of generated text, or 0 for the natural one
     * @param id 16 hexadecimal digits that ids of this answer are made of
     * @param createdSeconds time of the answer in seconds since 1970
     * @throws InvalidRequest when the body lacks what the API requires
     */
    Reply answer(JsonNode body, int wantedTokens, String id, long createdSeconds);
}
