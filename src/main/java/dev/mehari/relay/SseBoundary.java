package dev.mehari.relay;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/** Follows an event stream's bytes just far enough to know whether the last event is whole, i.e. a blank line has passed. */
final class SseBoundary {
    private static final String TYPE = "text/event-stream";
    private static final int NOTHING_YET = -1;

    private int last = NOTHING_YET;
    private boolean blankLine = true;

    static boolean isEventStream(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && type.regionMatches(true, 0, TYPE, 0, TYPE.length());
    }

    void saw(ByteBuf content) {
        int end = content.writerIndex();
        int from = Math.max(content.readerIndex(), end - 4);
        for (int i = from; i < end; i++) {
            byte next = content.getByte(i);
            if (next == '\n') {
                blankLine = last == '\n' || last == NOTHING_YET;
                last = '\n';
            } else if (next != '\r') {
                blankLine = false;
                last = next;
            }
        }
    }

    boolean isBetweenEvents() {
        return blankLine;
    }
}
