package dev.mehari.exchange;

import java.nio.ByteBuffer;

/** Looks at the bytes of a {@link StreamBody} as they pass. Called on the stream's event loop; must not block. */
@FunctionalInterface
public interface BodyObserver {
    /** Some bytes, of any number, as they arrived. The buffer is the observer's to read, and only until this returns. */
    void bytes(ByteBuffer some);
}
