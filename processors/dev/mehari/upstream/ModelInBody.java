package dev.mehari.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts another name into the {@code model} at the top of a JSON object in UTF-8; every other byte stays. One pass without a
 * tree. For any thread.
 */
final class ModelInBody {
    private static final String MODEL = "model";
    private static final int MAX_DEPTH = 200;

    private final JsonFactory json = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    /** A copy with {@code model}; null where {@code body} is no such object, or names no model. */
    byte @Nullable [] replace(byte[] body, String model) {
        Range range = find(body);
        if (range == null) {
            return null;
        }
        byte[] name = JsonStringEncoder.getInstance().quoteAsUTF8(model);
        byte[] changed = Arrays.copyOf(body, body.length - (range.end - range.start) + name.length);
        System.arraycopy(name, 0, changed, range.start, name.length);
        System.arraycopy(body, range.end, changed, range.start + name.length, body.length - range.end);
        return changed;
    }

    /** From the first byte of the text to that behind its last, quotes not included. */
    private record Range(int start, int end) {}

    private @Nullable Range find(byte[] body) {
        try (JsonParser parser = json.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                if (name.equals(MODEL)) {
                    return value == JsonToken.VALUE_STRING ? range(parser, body) : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException noJson) {
            return null;
        }
    }

    private static @Nullable Range range(JsonParser parser, byte[] body) throws IOException {
        int start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        parser.finishToken();
        int end = Math.toIntExact(parser.currentLocation().getByteOffset());
        // Encodings other than UTF-8 are read as characters, whose places in bytes nobody knows.
        boolean quoted =
                start >= 0 && end <= body.length && end - start >= 2 && body[start] == '"' && body[end - 1] == '"';
        return quoted ? new Range(start + 1, end - 1) : null;
    }
}
