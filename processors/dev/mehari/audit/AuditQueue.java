package dev.mehari.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Events between the threads on which calls end and the one that writes. Bounded: one more is dropped and counted. Any
 * thread may offer, which never blocks; one takes.
 */
public final class AuditQueue {
    private final Queue<AuditEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final int capacity;
    private final int batch;
    private volatile @Nullable Thread waiting;

    /**
     * @param capacity events that wait at most
     * @param batch so many make a batch, for which the one who waits is woken
     */
    public AuditQueue(int capacity, int batch) {
        this.capacity = capacity;
        this.batch = batch;
    }

    public void offer(AuditEvent event) {
        int now = size.incrementAndGet();
        if (now > capacity) {
            size.decrementAndGet();
            dropped.increment();
            return;
        }
        events.add(event);
        if (now == batch) {
            wake();
        }
    }

    /** Up to a batch of events, in the order in which they came; empty when none waits. */
    List<AuditEvent> take() {
        List<AuditEvent> taken = new ArrayList<>(Math.min(batch, size.get() + 1));
        while (taken.size() < batch) {
            AuditEvent next = events.poll();
            if (next == null) {
                break;
            }
            taken.add(next);
        }
        size.addAndGet(-taken.size());
        return taken;
    }

    /** Waits until there is a batch, or that long, or for no reason. Only the thread that takes waits. */
    void await(long nanos) {
        waiting = Thread.currentThread();
        if (size.get() < batch) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
    }

    void wake() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    boolean hasBatch() {
        return size.get() >= batch;
    }

    /** True when half of the room is taken. */
    boolean isHalfFull() {
        return size.get() >= capacity / 2;
    }

    /** Events that wait. */
    public int size() {
        return size.get();
    }

    /** Events that found no room. */
    public long dropped() {
        return dropped.sum();
    }

    /** When the call of the event that waits longest ended; 0 when none waits. */
    long oldestMicros() {
        AuditEvent oldest = events.peek();
        return oldest == null ? 0 : oldest.atMicros();
    }
}
