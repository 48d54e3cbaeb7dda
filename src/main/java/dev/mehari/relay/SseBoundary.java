package dev.mehari.relay;

import io.netty.buffer.ByteBuf;

/** Follows an event stream's bytes just far enough to know whether the last event is whole, i.e. a blank line has passed. */
final class SseBoundary {
    private static final int NOTHING_YET = -1;

    private int last = NOTHING_YET;
    private boolean blankLine = true;

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
