package dev.mehari.relay;

import io.netty.channel.ChannelOutboundInvoker;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;

/**
 * What an event loop has written in one pass over its ready connections, sent at the end of the pass: the gateway's work
 * for a message and the kernel's to send it push each other out of the processor's caches where they take turns for each.
 * A loop with a single ready connection sends at once. Confined to its event loop.
 */
final class FlushBatch implements Runnable {
    /** So many do not wait for the end of the pass: among thousands that are ready the first would wait for the last. */
    static final int MOST = 64;

    private static final FastThreadLocal<FlushBatch> OF_LOOP = new FastThreadLocal<>() {
        @Override
        protected FlushBatch initialValue() {
            return new FlushBatch();
        }
    };

    private final ArrayDeque<ChannelOutboundInvoker> written = new ArrayDeque<>(MOST + 1);
    private boolean due;

    private FlushBatch() {}

    /** Flushes {@code connection} before long; called on {@code loop}, which is the connection's. */
    static void add(ChannelOutboundInvoker connection, EventExecutor loop) {
        OF_LOOP.get().enter(connection, loop);
    }

    private void enter(ChannelOutboundInvoker connection, EventExecutor loop) {
        written.add(connection);
        if (written.size() >= MOST) {
            flush();
        } else if (!due) {
            due = true;
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        due = false;
        flush();
    }

    private void flush() {
        // A message that is out may begin the next one of its connection, which comes here, too.
        for (ChannelOutboundInvoker next = written.poll(); next != null; next = written.poll()) {
            next.flush();
        }
    }
}
