package dev.mehari.relay;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** A request body as it arrives; grows with what has arrived, never with what the client merely announced. */
final class RequestBody {
    static final byte[] EMPTY = {};
    private static final int TRUSTED_LENGTH = 64 * 1024;

    private byte[] bytes;
    private int size;

    /** @param announced the Content-Length, or -1 */
    RequestBody(long announced) {
        bytes = announced <= 0 ? EMPTY : new byte[(int) Math.min(announced, TRUSTED_LENGTH)];
    }

    int size() {
        return size;
    }

    void add(ByteBuf content) {
        int more = content.readableBytes();
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, (int)
                    Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
        }
        content.readBytes(bytes, size, more);
        size += more;
    }

    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }
}
