package dev.mehari.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.failure.AnsweredByUpstream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** An upstream's error answer as the error object of its API. */
final class UpstreamError {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 64 * 1024;

    private final JsonNode whole;

    private UpstreamError(JsonNode whole) {
        this.whole = whole;
    }

    /** Null where no upstream has answered, or with something that is no JSON object with one in {@code error}. */
    static @Nullable UpstreamError in(Throwable failure) {
        AnsweredByUpstream answered = AnsweredByUpstream.in(failure);
        if (answered == null || !(answered.answer().getBody() instanceof byte[] body)) {
            return null;
        }
        try {
            JsonNode whole = JSON.readTree(text(answered.answer(), body));
            return whole.path("error").isObject() ? new UpstreamError(whole) : null;
        } catch (IOException noJson) {
            return null;
        }
    }

    private static byte[] text(Message answer, byte[] body) throws IOException {
        Object encoding = answer.getHeader(Exchange.CONTENT_ENCODING);
        if (encoding == null || !encoding.toString().equalsIgnoreCase("gzip")) {
            return body;
        }
        try (GZIPInputStream inflated = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return inflated.readNBytes(LONGEST);
        }
    }

    /** The same in one line. */
    byte[] line() {
        try {
            return JSON.writeValueAsBytes(whole);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that was read cannot be written", e);
        }
    }

    /** {@code row} in this error's words. */
    FailureRow worded(FailureRow row) {
        JsonNode error = whole.path("error");
        String code = error.path("code").asText(error.path("type").asText(row.code()));
        return row.withWords(
                code,
                error.path("message").asText(row.message()),
                error.path("param").textValue());
    }
}
