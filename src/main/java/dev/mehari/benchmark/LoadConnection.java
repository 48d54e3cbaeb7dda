package dev.mehari.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** One connection to the target, with at most one request under way. Tells {@link LoadRun} of every ending exactly once. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which channelInactive sees
final class LoadConnection extends ChannelInboundHandlerAdapter {
    private final LoadRun run;
    private @Nullable ChannelHandlerContext context;
    private boolean busy;
    private boolean reusable;
    private int status;
    private long dueNanos;
    private long sentNanos;
    private long lastEventNanos;
    private @Nullable SseScanner scanner;
    private @Nullable String closeReason;

    LoadConnection(LoadRun run) {
        this.run = run;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** Sends the request that was due at {@code due}. */
    void send(long due, long now) {
        busy = true;
        reusable = false;
        status = 0;
        dueNanos = due;
        sentNanos = now;
        lastEventNanos = Arrivals.NONE;
        scanner = null;
        context().writeAndFlush(run.request().bytes());
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("The connection is not in a pipeline");
        }
        return context;
    }

    /** Gives up on the request under way if it was sent before {@code limit}. */
    void giveUpIfSentBefore(long limit) {
        if (busy && sentNanos < limit) {
            busy = false;
            run.tally().timedOut(scanner != null);
            run.ended();
            context().close();
        }
    }

    void close() {
        context().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        long now = run.now();
        if (message instanceof HttpResponse response) {
            begin(response, now);
        }
        if (message instanceof HttpContent content) {
            try {
                read(ctx, content, now);
            } finally {
                content.release();
            }
        }
    }

    private void begin(HttpResponse response, long now) {
        status = response.status().code();
        reusable = HttpUtil.isKeepAlive(response);
        if (run.plan().stream()) {
            run.tally().firstByte(now - dueNanos);
            if (status == 200) {
                scanner = new SseScanner();
            }
        }
    }

    private void read(ChannelHandlerContext ctx, HttpContent content, long now) {
        if (!busy || status == 100) {
            return;
        }
        if (content.decoderResult().isFailure()) {
            closeReason = "answer is not HTTP";
            ctx.close();
            return;
        }
        if (scanner != null) {
            readEvents(scanner, content.content(), now);
        }
        if (content instanceof LastHttpContent) {
            busy = false;
            complete(now);
            run.ended();
            if (reusable) {
                run.ready(this);
            } else {
                ctx.close();
            }
        }
    }

    private void readEvents(SseScanner events, ByteBuf bytes, long now) {
        for (int i = events.scan(bytes); i > 0; i--) {
            if (lastEventNanos == Arrivals.NONE) {
                run.tally().firstEvent(now - dueNanos);
            } else {
                run.tally().laterEvent(now - lastEventNanos);
            }
            lastEventNanos = now;
        }
    }

    private void complete(long now) {
        if (scanner != null && scanner.sawError()) {
            run.tally().streamBroken("error event in the stream");
        } else if (scanner != null && run.needsEndEvent() && !scanner.sawEnd()) {
            run.tally().streamBroken("stream without its last event");
        } else {
            run.tally().answered(status, now - dueNanos);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (busy) {
            busy = false;
            String reason = closeReason == null ? "connection closed before the end of the answer" : closeReason;
            if (scanner != null) {
                run.tally().streamBroken(reason);
            } else {
                run.tally().failed(reason);
            }
            run.ended();
        }
        run.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        closeReason = ConnectFailures.describe(cause);
        ctx.close();
    }
}
