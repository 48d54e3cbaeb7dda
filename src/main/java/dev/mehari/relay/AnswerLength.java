package dev.mehari.relay;

import org.apache.camel.Message;

/** The Content-Length of an answer that is streamed or has no body, on its way through the routes. */
final class AnswerLength {
    private static final String HEADER = "CamelMehariContentLength";

    private AnswerLength() {}

    static void set(Message message, long length) {
        if (length >= 0) {
            message.setHeader(HEADER, length);
        }
    }

    /** -1 when unknown. */
    static long of(Message message) {
        return message.getHeader(HEADER) instanceof Long length ? length : -1;
    }
}
