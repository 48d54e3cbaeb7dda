package dev.mehari.capture;

import java.util.concurrent.atomic.AtomicLong;

/** The room that captures have in memory, from the beginning of a call until its bodies are written. For any thread. */
public final class CaptureMemory {
    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /** @param most in bytes */
    public CaptureMemory(long most) {
        this.most = most;
    }

    /** Takes so many bytes; false, and nothing is taken, when there are not so many left. */
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) <= most) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Bytes that are taken now. */
    public long taken() {
        return taken.get();
    }
}
