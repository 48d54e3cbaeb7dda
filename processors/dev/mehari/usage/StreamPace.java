package dev.mehari.usage;

import dev.mehari.exchange.BodyObserver;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * When the pieces of one event stream came, on the clock of {@link dev.mehari.exchange.CallRecord#startedNanos}, on their way
 * to another observer. A piece is what the upstream's connection had at once: mostly one event, several after a stall. Costs one
 * reading of the clock a piece. Written by the stream's thread alone; to be read when the call has ended.
 */
public final class StreamPace implements BodyObserver {
    private final BodyObserver next;
    private final LongSupplier nanos;
    private long first;
    private long last;
    private long longestGap;
    private int pieces;

    StreamPace(BodyObserver next, LongSupplier nanos) {
        this.next = next;
        this.nanos = nanos;
    }

    @Override
    public void bytes(ByteBuffer some) {
        long now = nanos.getAsLong();
        if (pieces++ == 0) {
            first = now;
        } else if (now - last > longestGap) {
            longestGap = now - last;
        }
        last = now;
        next.bytes(some);
    }

    /** How many came. */
    public int pieces() {
        return pieces;
    }

    /** When the first came; of no meaning while none has. */
    public long firstNanos() {
        return first;
    }

    /** The longest time between two that followed each other; 0 while there are no two. */
    public long longestGapNanos() {
        return longestGap;
    }

    /** The mean time between two that followed each other; 0 while there are no two. */
    public long meanGapNanos() {
        return pieces < 2 ? 0 : (last - first) / (pieces - 1);
    }
}
