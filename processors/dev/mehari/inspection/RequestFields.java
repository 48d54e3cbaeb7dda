package dev.mehari.inspection;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.mehari.failure.RequestRejected;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the few fields that Mehari needs from a JSON request, in one pass without building a tree; everything else is only
 * checked to be JSON. Text that nobody asks for is skipped, not decoded. Safe for use by many threads.
 */
final class RequestFields {
    /** Model names are kept with what is learnt of them. */
    private static final int LONGEST_MODEL = 256;

    /** Far deeper than tool schemas nest; keeps a hostile body from costing stack or memory. */
    private static final int MAX_DEPTH = 200;

    private final JsonFactory json = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names come from callers, who could fill the JVM's table
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    /**
     * What was found.
     *
     * @param model null when the request names none
     * @param stream true when it asks for an event stream
     */
    record Found(@Nullable String model, boolean stream) {}

    /**
     * Fails when {@code body} is not one JSON object, or a field that is read is not of its type or is there twice.
     *
     * @param talk shown what the request says of its conversation; null where it has none
     */
    Found read(byte[] body, @Nullable Talk talk) throws RequestRejected {
        try (JsonParser parser = json.createParser(body)) {
            return readObject(parser, talk);
        } catch (StreamConstraintsException e) {
            throw malformed(
                    "json_too_complex",
                    "The request body is nested deeper than " + MAX_DEPTH + " levels or has a name or number too long.",
                    null);
        } catch (JsonProcessingException e) {
            throw malformed("invalid_json", "The request body is not valid JSON" + at(e.getLocation()) + ".", null);
        } catch (IOException e) {
            // Bytes that are no text in any encoding of JSON.
            throw malformed("invalid_json", "The request body is not JSON in UTF-8.", null);
        }
    }

    private static Found readObject(JsonParser parser, @Nullable Talk talk) throws IOException, RequestRejected {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw malformed("invalid_json", "The request body is empty; a JSON object is expected.", null);
        }
        if (first != JsonToken.START_OBJECT) {
            throw malformed("invalid_json", "The request body is not a JSON object.", null);
        }
        String model = null;
        Boolean stream = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (name.equals("model")) {
                once(model, name);
                model = model(parser, value);
            } else if (name.equals("stream")) {
                once(stream, name);
                stream = stream(value);
            } else if (talk == null || !talk.read(parser, name, value)) {
                parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            throw malformed("invalid_json", "The request body goes on after its JSON object.", null);
        }
        return new Found(model, Boolean.TRUE.equals(stream));
    }

    private static String model(JsonParser parser, JsonToken value) throws IOException, RequestRejected {
        if (value != JsonToken.VALUE_STRING) {
            throw malformed("invalid_type", "`model` has to be a string.", "model");
        }
        String model = parser.getText();
        if (model.length() > LONGEST_MODEL || hasControl(model)) {
            throw malformed(
                    "invalid_value",
                    "`model` has to be a name of up to " + LONGEST_MODEL
                            + " characters, none of them a control character.",
                    "model");
        }
        return model;
    }

    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean stream(JsonToken value) throws RequestRejected {
        return switch (value) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw malformed("invalid_type", "`stream` has to be true or false.", "stream");
        };
    }

    // Of a field that is there twice we might see one value and the upstream the other.
    private static void once(@Nullable Object before, String name) throws RequestRejected {
        if (before != null) {
            throw malformed("duplicate_field", "`" + name + "` is there twice.", name);
        }
    }

    private static String at(@Nullable JsonLocation where) {
        return where == null ? "" : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
    }

    private static RequestRejected malformed(String code, String message, @Nullable String param) {
        return new RequestRejected(RequestRejected.Kind.MALFORMED, code, message, param);
    }
}
