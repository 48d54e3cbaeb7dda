package dev.mehari.benchmark;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Counts the events of one stream as its bytes arrive, and notes an error event and the event that ends a stream properly:
 * {@code [DONE]} of chat completions, {@code response.completed} or {@code response.incomplete} of Responses,
 * {@code message_stop} of Anthropic. Only the first bytes of a line are looked at. One thread.
 */
final class SseScanner {
    private static final int LOOKED_AT = 48;

    private final byte[] line = new byte[LOOKED_AT];
    private int lineLength;
    private boolean inEvent;
    private boolean error;
    private boolean ended;

    /** Reads all of {@code bytes} without moving its index; returns how many events it completes. */
    int scan(ByteBuf bytes) {
        int events = 0;
        int end = bytes.writerIndex();
        for (int i = bytes.readerIndex(); i < end; i++) {
            byte b = bytes.getByte(i);
            if (b == '\n') {
                if (lineLength == 0 && inEvent) {
                    events++;
                    inEvent = false;
                }
                endLine();
            } else if (b != '\r') {
                if (lineLength < LOOKED_AT) {
                    line[lineLength] = b;
                }
                lineLength++;
            }
        }
        return events;
    }

    private void endLine() {
        if (lineLength > 0) {
            String start = new String(line, 0, Math.min(lineLength, LOOKED_AT), StandardCharsets.ISO_8859_1);
            inEvent |= start.startsWith("data:") || start.startsWith("event:");
            look(start.replace(" ", ""));
        }
        lineLength = 0;
    }

    private void look(String start) {
        error |= start.equals("event:error")
                || start.equals("event:response.failed")
                || start.startsWith("data:{\"error\":{")
                || start.startsWith("data:{\"type\":\"error\"");
        ended |= start.equals("data:[DONE]")
                || start.equals("event:message_stop")
                || start.equals("event:response.completed")
                || start.equals("event:response.incomplete");
    }

    boolean sawError() {
        return error;
    }

    boolean sawEnd() {
        return ended;
    }
}
