package dev.mehari.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.exchange.Dialect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/**
 * {@code POST /v1/embeddings}, after OpenAI's API reference. A vector is drawn from a generator seeded with the text, has
 * length 1, and is the same for the same text in both encodings ({@code base64} holds little-endian 32-bit floats).
 */
final class Embeddings implements Endpoint {
    private static final int DIMENSIONS = 1536;
    private static final int MOST_DIMENSIONS = 4096;

    @Override
    public Dialect dialect() {
        return Dialect.OPENAI;
    }

    @Override
    public Reply answer(JsonNode body, int wantedTokens, String id, long createdSeconds) {
        String model = Prompt.model(body);
        List<JsonNode> inputs = inputs(body.path("input"));
        int dimensions = body.path("dimensions").asInt(DIMENSIONS);
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
            throw new InvalidRequest("'dimensions' must be from 1 to " + MOST_DIMENSIONS + ".");
        }
        String encoding = body.path("encoding_format").asText("float");
        if (!encoding.equals("float") && !encoding.equals("base64")) {
            throw new InvalidRequest("'encoding_format' must be 'float' or 'base64'.");
        }
        ObjectNode answer = Json.object().put("object", "list");
        ArrayNode data = answer.putArray("data");
        int tokens = 0;
        for (JsonNode input : inputs) {
            tokens += input.isArray() ? input.size() : Tokens.count(input.asText());
            ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            put(item, vector(input.toString(), dimensions), encoding);
        }
        answer.put("model", model)
                .putObject("usage")
                .put("prompt_tokens", tokens)
                .put("total_tokens", tokens);
        return Reply.Whole.ok(answer, 0);
    }

    /** A text, texts, the tokens of one text, or the tokens of several. */
    private static List<JsonNode> inputs(JsonNode input) {
        List<JsonNode> inputs = new ArrayList<>();
        if (input.isTextual() || (input.isArray() && input.path(0).isNumber())) {
            inputs.add(input);
        } else {
            input.forEach(inputs::add);
        }
        if (inputs.isEmpty()) {
            throw new InvalidRequest("'input' must be a string or an array with at least one element.");
        }
        return inputs;
    }

    private static float[] vector(String text, int dimensions) {
        SplittableRandom random = new SplittableRandom(text.hashCode());
        double[] drawn = random.doubles(dimensions, -1, 1).toArray();
        double squares = 0;
        for (double value : drawn) {
            squares += value * value;
        }
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (drawn[i] / Math.sqrt(squares));
        }
        return vector;
    }

    private static void put(ObjectNode item, float[] vector, String encoding) {
        if (encoding.equals("float")) {
            ArrayNode array = item.putArray("embedding");
            for (float value : vector) {
                array.add(value);
            }
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        item.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
    }
}
