package dev.mehari.relay;

import dev.mehari.exchange.BodyObserver;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An upstream's answer body on its way through. Its state is confined to one event loop, which its upstream channel and
 * the client it is written to share. What arrives before a {@link Sink} is attached is kept, up to
 * {@value #MAX_KEPT} bytes; then, and whenever the sink is not writable, the upstream is not read.
 */
final class LiveBody implements StreamBody {
    /** Where the bytes go. All methods are called on the event loop. */
    interface Sink {
        /** Takes over {@code content}; the last one completes the answer. */
        void content(HttpContent content);

        void flush();

        boolean isWritable();

        /** The stream broke. */
        void abort(Throwable cause);
    }

    private static final Logger LOG = LoggerFactory.getLogger(LiveBody.class);
    static final int MAX_KEPT = 64 * 1024;

    private final UpstreamConnection upstream;
    private final List<Consumer<StreamEnd>> listeners = new ArrayList<>(3);
    private @Nullable Sink sink;
    private @Nullable BodyObserver observer;
    private @Nullable ArrayDeque<HttpContent> kept;
    private int keptBytes;
    private boolean complete;
    private @Nullable StreamEnd end;

    LiveBody(UpstreamConnection upstream) {
        this.upstream = upstream;
    }

    @Override
    public void onEnd(Consumer<StreamEnd> listener) {
        if (!upstream.inLoop()) {
            upstream.execute(() -> onEnd(listener));
        } else if (end != null) {
            listener.accept(end);
        } else {
            listeners.add(listener);
        }
    }

    @Override
    public void observe(BodyObserver by) {
        if (!upstream.inLoop()) {
            upstream.execute(() -> observe(by));
            return;
        }
        if (observer != null) {
            throw new IllegalStateException("the stream is observed already");
        }
        observer = by;
        if (kept != null) {
            kept.forEach(content -> show(by, content));
        }
    }

    @Override
    public void discard() {
        if (!upstream.inLoop()) {
            upstream.execute(this::discard);
            return;
        }
        if (!complete && end == null) {
            finish(StreamEnd.Discarded.INSTANCE);
            upstream.reset();
        } else if (complete) {
            finish(StreamEnd.Complete.INSTANCE); // the call ends with its last content: tell before
        }
        releaseKept();
    }

    /** Starts writing to {@code to}; on the event loop. */
    void attach(Sink to) {
        sink = to;
        ArrayDeque<HttpContent> before = kept;
        kept = null;
        if (before != null) {
            for (HttpContent content : before) {
                to.content(content);
            }
        }
        to.flush(); // the head too, which may be all there is for a long time
        if (end instanceof StreamEnd.Failed failed) {
            to.abort(failed.cause());
        } else if (end instanceof StreamEnd.Discarded) {
            to.abort(new IllegalStateException("the answer was given up before it was written"));
        } else {
            regulate();
        }
    }

    /** The sink has become writable again, or no longer is; on the event loop. */
    void regulate() {
        if (complete || end != null) {
            return;
        }
        boolean read = sink == null ? keptBytes < MAX_KEPT : sink.isWritable();
        upstream.read(read);
    }

    /** True while the upstream is held back for the client's sake; its silence is not its fault then. */
    boolean isHeldBack() {
        return !upstream.isRead();
    }

    /** Content arrived; on the event loop. The end of the stream is told by {@link #finish} afterwards. */
    void arrived(HttpContent content) {
        if (complete || end != null) {
            ReferenceCountUtil.release(content);
            return;
        }
        // Before the write: writing the last content may end the call, which discards unfinished bodies.
        complete = content instanceof LastHttpContent;
        if (observer != null) {
            show(observer, content);
        }
        if (sink != null) {
            sink.content(content);
        } else {
            if (kept == null) {
                kept = new ArrayDeque<>();
            }
            kept.add(content);
            keptBytes += content.content().readableBytes();
        }
        regulate();
    }

    void flush() {
        if (sink != null) {
            sink.flush();
        }
    }

    /** The stream ended; on the event loop. Later calls do nothing. */
    void finish(StreamEnd how) {
        if (end != null) {
            return;
        }
        end = how;
        if (how instanceof StreamEnd.Complete) {
            upstream.read(true);
        }
        for (Consumer<StreamEnd> listener : listeners) {
            tell(listener, how);
        }
        listeners.clear();
        if (how instanceof StreamEnd.Failed failed && sink != null) {
            sink.abort(failed.cause()); // ends the call, which comes after the end of its stream
        }
    }

    /** An observer's fault must not end what it looks at. */
    private static void show(BodyObserver to, HttpContent content) {
        if (content.content().isReadable()) {
            try {
                to.bytes(content.content().nioBuffer().asReadOnlyBuffer());
            } catch (RuntimeException e) {
                LOG.error("Looking at an answer on its way failed", e);
            }
        }
    }

    /** One listener's fault must not keep the others from giving back what they hold. */
    private static void tell(Consumer<StreamEnd> listener, StreamEnd how) {
        try {
            listener.accept(how);
        } catch (RuntimeException e) {
            LOG.error("What was to be done at the end of a stream failed", e);
        }
    }

    private void releaseKept() {
        if (kept != null) {
            kept.forEach(ReferenceCountUtil::release);
            kept = null;
        }
    }

    /** Content that arrived before the answer was found to be a stream; on the event loop. */
    void arrivedBefore(@Nullable ByteBuf content) {
        if (content != null) {
            arrived(new DefaultHttpContent(content));
        }
    }
}
