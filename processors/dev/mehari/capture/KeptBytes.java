package dev.mehari.capture;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The beginning of a body, copied as it goes by. For one thread at a time. */
final class KeptBytes {
    private static final int FIRST = 4096;

    private final int most;
    private final CaptureMemory memory;
    private byte[] bytes = {};
    private int kept;
    private long size;

    KeptBytes(int most, CaptureMemory memory) {
        this.most = most;
        this.memory = memory;
    }

    /** Some more of it; false when there is no room for them. */
    boolean add(ByteBuffer some) {
        size += some.remaining();
        int more = Math.min(some.remaining(), most - kept);
        if (more > bytes.length - kept && !grow(kept + more)) {
            return false;
        }
        some.get(bytes, kept, more);
        kept += more;
        return true;
    }

    private boolean grow(int needed) {
        int length = Math.min(most, Math.max(FIRST, Math.max(needed, 2 * bytes.length)));
        if (!memory.take(length - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, length);
        return true;
    }

    /** What has been taken of the memory. */
    int taken() {
        return bytes.length;
    }

    /** Forgets what was kept. */
    void clear() {
        bytes = new byte[0];
        kept = 0;
    }

    /** All that went by. */
    long size() {
        return size;
    }

    byte[] toBytes() {
        return kept == bytes.length ? bytes : Arrays.copyOf(bytes, kept);
    }
}
