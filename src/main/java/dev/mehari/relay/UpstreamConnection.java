package dev.mehari.relay;

import static java.util.Objects.requireNonNull;

import dev.mehari.exchange.StreamEnd;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.failure.UpstreamTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One kept-alive connection to an upstream; carries one request at a time. An answer that is small, or has arrived as a
 * whole in one read, is handed over as bytes; any other as a {@link LiveBody} at the end of the read that brought its
 * head, so an event stream's first event is never waited for. Confined to its event loop.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements Runnable {
    private final UpstreamPool pool;
    private final UpstreamPool.Host host;
    private @Nullable Channel channel;

    private @Nullable UpstreamRequest request;
    private @Nullable HttpResponse head;
    private @Nullable ByteBuf gathered;
    private @Nullable LiveBody live;
    private boolean reused;
    private boolean sent;
    private boolean keepAlive;
    private long readNanos;
    private long startedNanos;
    private UpstreamTimeouts timeouts = new UpstreamTimeouts(0, 0, 0, 0);

    UpstreamConnection(UpstreamPool pool, UpstreamPool.Host host) {
        this.pool = pool;
        this.host = host;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
    }

    Channel channel() {
        return requireNonNull(channel);
    }

    boolean isUsable() {
        return channel().isActive() && request == null && live == null;
    }

    boolean isConnected() {
        return channel != null && channel.isActive();
    }

    boolean isBusy() {
        return request != null || live != null;
    }

    void start(UpstreamRequest next) {
        request = next;
        timeouts = next.timeouts();
        startedNanos = next.startedNanos();
        readNanos = pool.nowNanos();
        sent = false;
        keepAlive = false;
        if (next.call() != null) {
            next.call().onClientGone(this);
        }
        channel().writeAndFlush(next.toHttp()).addListener((ChannelFutureListener) written -> {
            sent = written.isSuccess();
            if (!sent && request == next) {
                lost(next, written.cause());
            }
        });
    }

    /** The client left. */
    @Override
    public void run() {
        if (!channel().eventLoop().inEventLoop()) {
            channel().eventLoop().execute(this);
            return;
        }
        UpstreamRequest abandoned = request;
        ServerCall call = abandoned == null ? null : abandoned.call();
        if (abandoned != null && call != null && call.isClientGone()) {
            request = null;
            channel().close();
            abandoned.fail(new ClientGone());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        readNanos = pool.nowNanos();
        if (message instanceof HttpResponse response) {
            begin(ctx, response);
        }
        if (message instanceof HttpContent content) {
            more(ctx, content);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpResponse response) {
        if (response.decoderResult().isFailure()) {
            failed(new UpstreamBroken(
                    "The upstream's answer is not HTTP",
                    response.decoderResult().cause()));
        } else if (request == null || head != null) {
            ctx.close(); // nobody asked for it
        } else if (response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            head = response;
            keepAlive = HttpUtil.isKeepAlive(response);
        } else if (response.status().code() == 101) {
            failed(new UpstreamBroken("The upstream changed the protocol without being asked to", null));
        }
    }

    private void more(ChannelHandlerContext ctx, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            ReferenceCountUtil.release(content);
            failed(new UpstreamBroken(
                    "The upstream's answer is not HTTP", content.decoderResult().cause()));
            return;
        }
        boolean last = content instanceof LastHttpContent;
        if (live != null) {
            LiveBody body = live;
            body.arrived(content);
            if (last) {
                live = null;
                head = null;
                release();
                body.finish(StreamEnd.Complete.INSTANCE);
            }
        } else if (head == null) {
            ReferenceCountUtil.release(content); // the end of an informational answer, or of one nobody asked for
        } else if (last && !((LastHttpContent) content).trailingHeaders().isEmpty() && call() != null) {
            stream();
            more(ctx, content);
        } else {
            gather(ctx, content);
            if (last) {
                whole();
            } else if (size() > pool.maxGathered()) {
                tooLarge();
            }
        }
    }

    private @Nullable ServerCall call() {
        return request == null ? null : request.call();
    }

    private int size() {
        return gathered == null ? 0 : gathered.readableBytes();
    }

    private void gather(ChannelHandlerContext ctx, HttpContent content) {
        ByteBuf more = content.content();
        if (!more.isReadable()) {
            content.release();
        } else if (gathered == null) {
            gathered = more;
        } else if (gathered instanceof CompositeByteBuf several) {
            several.addComponent(true, more);
        } else {
            gathered =
                    ctx.alloc().compositeBuffer(64).addComponent(true, gathered).addComponent(true, more);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (live != null) {
            live.flush();
        } else if (head != null && call() != null && isToBeStreamed(head)) {
            stream();
        }
    }

    /** Small answers and error answers are worth waiting for: routes look into them, and one write sends them. */
    private boolean isToBeStreamed(HttpResponse response) {
        String type = response.headers().get("content-type");
        if (type != null && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream")) {
            return true;
        }
        long length = HttpUtil.getContentLength(response, -1L);
        boolean known = length >= 0 && !HttpUtil.isTransferEncodingChunked(response);
        if (known) {
            return length > pool.maxWhole();
        }
        return response.status().codeClass() == HttpStatusClass.SUCCESS || size() > pool.maxWhole();
    }

    private void stream() {
        HttpResponse response = requireNonNull(head);
        UpstreamRequest answered = requireNonNull(request);
        request = null;
        LiveBody body = new LiveBody(channel());
        live = body;
        body.arrivedBefore(gathered);
        gathered = null;
        ServerCall call = answered.call();
        if (call != null) {
            call.clearClientGone(this);
            call.onEnd(body::discard);
        }
        boolean chunked = HttpUtil.isTransferEncodingChunked(response);
        long length = chunked ? -1 : HttpUtil.getContentLength(response, -1L);
        answered.answer(new UpstreamAnswer(response.status(), response.headers(), body, length));
    }

    private void whole() {
        HttpResponse response = requireNonNull(head);
        UpstreamRequest answered = requireNonNull(request);
        byte[] bytes = RequestBody.EMPTY;
        if (gathered != null) {
            bytes = ByteBufUtil.getBytes(gathered);
            gathered.release();
            gathered = null;
        }
        head = null;
        request = null;
        if (answered.call() != null) {
            answered.call().clearClientGone(this);
        }
        release();
        long length = HttpUtil.getContentLength(response, -1L);
        answered.answer(new UpstreamAnswer(response.status(), response.headers(), bytes, length));
    }

    private void tooLarge() {
        if (call() != null) {
            stream();
        } else {
            failed(new UpstreamBroken("The upstream's answer is larger than " + pool.maxGathered() + " bytes", null));
        }
    }

    private void release() {
        // An answer that overtook its request leaves the connection in the middle of a message.
        if (keepAlive && sent) {
            pool.idle(host, this);
        } else {
            channel().close();
        }
    }

    /** Tells whoever waits, and closes. */
    private void failed(Throwable failure) {
        UpstreamRequest waiting = request;
        LiveBody body = live;
        request = null;
        live = null;
        head = null;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
        channel().close();
        if (waiting != null) {
            if (waiting.call() != null) {
                waiting.call().clearClientGone(this);
            }
            waiting.fail(failure);
        }
        if (body != null) {
            body.finish(new StreamEnd.Failed(failure));
        }
    }

    /** The connection was closed before a byte of the answer. */
    private void lost(UpstreamRequest waiting, @Nullable Throwable cause) {
        if (reused && head == null && waiting.mayBeSentAgain()) {
            request = null;
            channel().close();
            pool.submitFresh(host, waiting);
        } else {
            failed(new UpstreamBroken("The upstream closed the connection before it answered", cause));
        }
    }

    void pooled() {
        reused = true;
        readNanos = pool.nowNanos();
    }

    /** Called a few times a second. */
    void check(long now) {
        if (live != null && live.isHeldBack()) {
            readNanos = now;
        }
        if (!isBusy()) {
            if (now - readNanos > pool.maxIdleNanos()) {
                channel().close();
            }
        } else if (isOver(timeouts.totalNanos(), startedNanos, now)) {
            failed(timeout(
                    UpstreamTimeout.Stage.TOTAL,
                    "The upstream took longer than allowed in total",
                    timeouts.totalNanos()));
        } else if (head == null && isOver(timeouts.firstByteNanos(), startedNanos, now)) {
            failed(timeout(
                    UpstreamTimeout.Stage.FIRST_BYTE,
                    "The upstream did not begin to answer in time",
                    timeouts.firstByteNanos()));
        } else if (head != null && isOver(timeouts.idleNanos(), readNanos, now)) {
            failed(timeout(
                    UpstreamTimeout.Stage.IDLE,
                    "The upstream fell silent in the middle of its answer",
                    timeouts.idleNanos()));
        }
    }

    static boolean isOver(long limitNanos, long sinceNanos, long now) {
        return limitNanos > 0 && now - sinceNanos >= limitNanos;
    }

    static UpstreamTimeout timeout(UpstreamTimeout.Stage stage, String what, long limitNanos) {
        return new UpstreamTimeout(stage, what + " (" + limitNanos / 1_000_000 + " ms)");
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        pool.closed(host, this);
        UpstreamRequest waiting = request;
        if (waiting != null && head == null) {
            lost(waiting, null);
        } else if (isBusy()) {
            failed(new UpstreamBroken("The upstream closed the connection in the middle of its answer", null));
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (request != null && head == null) {
            lost(request, cause);
        } else {
            failed(new UpstreamBroken("The connection to the upstream broke", cause));
        }
    }
}
