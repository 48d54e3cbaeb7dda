package dev.mehari.credential;

import dev.mehari.upstream.ResetHints;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** What an upstream answered a try. */
final class Answer {
    private static final byte[] NOTHING = {};

    private final int status;
    private final Map<String, Object> headers;
    private final byte[] body;

    /**
     * An answer as far as it is known.
     *
     * @param headers in which a name is found without regard to case
     */
    Answer(int status, Map<String, Object> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    static Answer of(int status, Message message) {
        return new Answer(status, message.getHeaders(), message.getBody() instanceof byte[] bytes ? bytes : NOTHING);
    }

    int status() {
        return status;
    }

    /** Empty for a stream. */
    byte[] body() {
        return body;
    }

    ResetHints resetHints(Instant now) {
        return ResetHints.of(headers::get, body, now);
    }

    /** The first value of a header; null when it is not there. */
    @Nullable
    String header(String name) {
        Object value = headers.get(name);
        if (value instanceof List<?> several) {
            value = several.isEmpty() ? null : several.get(0);
        }
        return value == null ? null : value.toString().strip();
    }
}
