package dev.mehari.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Puts the pieces of a request body together; one piece, the usual case, is not copied. Belongs to one connection. */
final class BodyCollector {
    private static final int MOST_BYTES = 64 * 1024 * 1024;

    private ByteBuf body = Unpooled.EMPTY_BUFFER;

    /** Takes over {@code piece}; returns false when the body has become too large. */
    boolean add(ByteBuf piece) {
        if (!piece.isReadable()) {
            piece.release();
            return true;
        }
        if (!body.isReadable()) {
            body.release();
            body = piece;
            return true;
        }
        if (body.readableBytes() + (long) piece.readableBytes() > MOST_BYTES) {
            piece.release();
            return false;
        }
        if (body.writableBytes() < piece.readableBytes() || body.isReadOnly() || body.unwrap() != null) {
            ByteBuf larger = Unpooled.buffer((body.readableBytes() + piece.readableBytes()) * 2);
            larger.writeBytes(body);
            body.release();
            body = larger;
        }
        body.writeBytes(piece);
        piece.release();
        return true;
    }

    /** Hands the body over and starts anew. */
    ByteBuf take() {
        ByteBuf taken = body;
        body = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    void discard() {
        take().release();
    }
}
