package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.capture.BodyFacts;
import dev.mehari.capture.Capture;
import dev.mehari.capture.CaptureReading;
import dev.mehari.capture.CapturedCall;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Captures as the admin API shows them. */
final class CaptureJson {
    private static final String REQUEST = "request";
    private static final String ANSWER = "answer";

    private CaptureJson() {}

    /** Without bodies. */
    static ObjectNode of(CapturedCall call) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("request_id", call.requestId())
                .put("at", call.at().toString())
                .put("key_id", Long.toString(call.keyId()))
                .put("upstream", call.upstream())
                .put("model", call.model())
                .put("status", call.status())
                .put("outcome", call.outcome().name().toLowerCase(Locale.ROOT))
                .put("ending", call.ending().name().toLowerCase(Locale.ROOT))
                .put("first_byte_ms", call.firstByteMillis() < 0 ? null : call.firstByteMillis())
                .put("total_ms", call.totalMillis());
        json.set(REQUEST, facts(call.request()));
        json.set(ANSWER, facts(call.answer()));
        return json;
    }

    /** With bodies: {@code text} where they are UTF-8, else {@code base64}. */
    static ObjectNode of(Capture capture) {
        ObjectNode json = of(capture.call());
        body(json.withObject("/" + REQUEST), capture.request());
        body(json.withObject("/" + ANSWER), capture.answer());
        return json;
    }

    static ObjectNode of(CaptureReading reading) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("at", reading.at().toString())
                .put("act", reading.act().text())
                .put("request_id", reading.requestId())
                .put("key_id", Long.toString(reading.keyId()))
                .put("captures", reading.captures())
                .put("by", reading.reader().by())
                .put("client", reading.reader().client());
    }

    private static ObjectNode facts(BodyFacts body) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("content_type", body.type())
                .put("content_encoding", body.encoding())
                .put("size", body.size())
                .put("kept", body.kept())
                .put("truncated", body.truncated());
    }

    private static void body(ObjectNode json, byte[] bytes) {
        String text = text(bytes);
        json.put("text", text);
        json.put("base64", text == null ? Base64.getEncoder().encodeToString(bytes) : null);
    }

    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException other) {
            return null;
        }
    }
}
