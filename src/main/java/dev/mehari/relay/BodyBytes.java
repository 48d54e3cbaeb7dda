package dev.mehari.relay;

import java.nio.charset.StandardCharsets;
import org.apache.camel.Message;

/** A message's body as it goes over the wire. */
final class BodyBytes {
    private BodyBytes() {}

    /**
     * What Camel's converters make of the body; its text in UTF-8 where they know no bytes for it.
     *
     * @throws RuntimeException when there is no way, or the body is a stream that is still coming
     */
    static byte[] of(Message message) {
        Object body = message.getBody();
        if (body == null) {
            return RequestBody.EMPTY;
        }
        if (body instanceof byte[] bytes) {
            return bytes;
        }
        if (body instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        byte[] converted = message.getBody(byte[].class);
        if (converted != null) {
            return converted;
        }
        String text = message.getBody(String.class);
        if (text == null) {
            throw new IllegalStateException("A " + body.getClass().getName() + " cannot be sent over HTTP");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
