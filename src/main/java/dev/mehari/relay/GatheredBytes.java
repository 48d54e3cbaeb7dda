package dev.mehari.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import org.jspecify.annotations.Nullable;

/** Content that has arrived and is not handed over yet; owns its buffers. */
final class GatheredBytes {
    private @Nullable ByteBuf gathered;

    /** Takes over {@code more}. */
    void add(ByteBufAllocator alloc, ByteBuf more) {
        if (!more.isReadable()) {
            more.release();
        } else if (gathered == null) {
            gathered = more;
        } else if (gathered instanceof CompositeByteBuf several) {
            several.addComponent(true, more);
        } else {
            gathered = alloc.compositeBuffer(64).addComponent(true, gathered).addComponent(true, more);
        }
    }

    int size() {
        return gathered == null ? 0 : gathered.readableBytes();
    }

    /** Copies the content out and releases it. */
    byte[] takeBytes() {
        if (gathered == null) {
            return RequestBody.EMPTY;
        }
        byte[] bytes = ByteBufUtil.getBytes(gathered);
        release();
        return bytes;
    }

    /** Hands the content over, to be released by the caller; null when there is none. */
    @Nullable
    ByteBuf take() {
        ByteBuf taken = gathered;
        gathered = null;
        return taken;
    }

    void release() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }
}
