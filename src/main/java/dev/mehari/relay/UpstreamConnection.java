package dev.mehari.relay;

import static java.util.Objects.requireNonNull;

import dev.mehari.exchange.StreamEnd;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.failure.UpstreamTimeout;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One kept-alive connection to an upstream; carries one request at a time. An answer that is small, or has arrived as a
 * whole in one read, is handed over as bytes; any other as a {@link LiveBody} at the end of the read that brought its
 * head, so an event stream's first event is never waited for. Confined to its event loop.
 *
 * <p>States: connecting for a request, idle, waiting for an answer's head ({@code request} only), gathering
 * ({@code request} and {@code head}) and streaming ({@code live}).
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements Runnable {
    /** What may be looked for in an error answer stands at its beginning; 64 KiB of it are enough to judge it by. */
    private static final int MAX_WHOLE_ERROR = 64 * 1024;

    private final UpstreamPool pool;
    private final UpstreamPool.Host host;
    private final GatheredBytes gathered = new GatheredBytes();
    private @Nullable Channel channel;
    private @Nullable UpstreamCodec codec;

    private @Nullable UpstreamRequest connectingFor;
    private @Nullable UpstreamRequest request;
    private @Nullable HttpResponse head;
    private @Nullable LiveBody live;
    private boolean reused;
    private boolean sent;
    private boolean keepAlive;
    private long readNanos;
    private long startedNanos;
    private UpstreamTimeouts timeouts;

    UpstreamConnection(UpstreamPool pool, UpstreamPool.Host host, UpstreamRequest connectingFor) {
        this.pool = pool;
        this.host = host;
        this.connectingFor = connectingFor;
        timeouts = connectingFor.timeouts();
        startedNanos = pool.nowNanos();
        readNanos = startedNanos;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        codec = ctx.pipeline().get(UpstreamCodec.class);
    }

    Channel channel() {
        return requireNonNull(channel);
    }

    boolean isUsable() {
        return channel().isActive() && !isBusy() && !hasSurplus();
    }

    /** More has come than the end of an answer: it would be taken for the answer to the next request. */
    private boolean hasSurplus() {
        return requireNonNull(codec).hasSurplus();
    }

    private boolean isBusy() {
        return request != null || live != null;
    }

    void start(UpstreamRequest next) {
        connectingFor = null;
        request = next;
        timeouts = next.timeouts();
        startedNanos = next.startedNanos();
        readNanos = pool.nowNanos();
        sent = false;
        keepAlive = false;
        if (next.call() != null) {
            next.call().onClientGone(this);
            if (request != next) {
                return; // it had left already
            }
        }
        next.sent();
        HttpRequest message = next.toHttp();
        requireNonNull(codec).expectAnswerTo(message.method());
        channel().write(message).addListener((ChannelFutureListener) written -> {
            sent = written.isSuccess();
            if (!sent && request == next) {
                lost(next, written.cause());
            }
        });
        FlushBatch.add(channel(), channel().eventLoop());
    }

    /** The client left. */
    @Override
    public void run() {
        if (!pool.inLoop()) {
            pool.execute(this);
            return;
        }
        UpstreamRequest connecting = connectingFor;
        UpstreamRequest abandoned = request;
        if (connecting != null && connecting.isClientGone()) {
            pool.connected(host, this, connecting, new ClientGone());
        } else if (abandoned != null && abandoned.isClientGone()) {
            reset();
            abandoned.fail(new ClientGone());
        }
    }

    /**
     * Closes this connection because nobody wants the rest of its answer, which is forgotten at once: its end may still come
     * before, and must not bring this connection to another request. By a reset, which an upstream cannot miss, and
     * after which the port is free at once: closed in order it would be held for a minute, and a few hundred clients a
     * second that leave would use all ports up. Not at once, lest a client that is accepted meanwhile gets its descriptor
     * together with an event that was meant for it.
     */
    void reset() {
        forgetAnswer();
        channel().config().setOption(ChannelOption.SO_LINGER, 0);
        pool.execute(channel()::close);
    }

    boolean inLoop() {
        return pool.inLoop();
    }

    void execute(Runnable task) {
        pool.execute(task);
    }

    boolean isRead() {
        return channel().config().isAutoRead();
    }

    /** Whether more of the answer is to be read now. */
    void read(boolean more) {
        if (isRead() != more) {
            channel().config().setAutoRead(more);
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
        } else if (response.status().code() < 100 || response.status().code() > 999) {
            failed(new UpstreamBroken(
                    "The upstream's answer is not HTTP: its status is "
                            + response.status().code(),
                    null));
        } else if (isCoded(response)) {
            failed(new UpstreamBroken("The upstream encoded its answer in a way that was not asked for", null));
        } else if (response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            head = response;
            keepAlive = HttpUtil.isKeepAlive(response);
        } else if (response.status().code() == 101) {
            failed(new UpstreamBroken("The upstream changed the protocol without being asked to", null));
        }
    }

    /** For the way to us only (RFC 9112, section 7), and not just in chunks, so that nobody behind could read it. */
    private static boolean isCoded(HttpResponse response) {
        String coding = response.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        return coding != null
                && !(HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding.strip())
                        || HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(coding.strip()));
    }

    private void more(ChannelHandlerContext ctx, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            ReferenceCountUtil.release(content);
            failed(new UpstreamBroken(
                    "The upstream's answer is not HTTP", content.decoderResult().cause()));
            return;
        }
        boolean last = content instanceof LastHttpContent;
        if (last && isCutOff(ctx)) {
            ReferenceCountUtil.release(content);
            failed(new UpstreamBroken("The upstream's answer was cut off without an end of its TLS session", null));
        } else if (live != null) {
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
            gathered.add(ctx.alloc(), content.content());
            if (last) {
                whole();
            } else if (gathered.size() > (isError(head) && call() != null ? MAX_WHOLE_ERROR : pool.maxGathered())) {
                tooLarge();
            }
        }
    }

    /**
     * An answer that ends with its connection is whole only when TLS says that nobody cut the connection
     * (RFC 9112, section 9.8).
     */
    private static boolean isCutOff(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            return false;
        }
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        return tls != null && !tls.sslCloseFuture().isSuccess();
    }

    private @Nullable ServerCall call() {
        return request == null ? null : request.call();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (live != null) {
            live.flush();
        } else if (head != null && call() != null && isToBeStreamed(head)) {
            stream();
        }
    }

    private static boolean isError(HttpResponse response) {
        return response.status().code() >= 400;
    }

    /** Small answers and error answers are worth waiting for: routes look into them, and one write sends them. */
    private boolean isToBeStreamed(HttpResponse response) {
        if (isError(response)) {
            return HttpUtil.getContentLength(response, -1L) > MAX_WHOLE_ERROR
                    && !HttpUtil.isTransferEncodingChunked(response);
        }
        if (SseBoundary.isEventStream(response.headers())) {
            return true;
        }
        long length = HttpUtil.getContentLength(response, -1L);
        boolean known = length >= 0 && !HttpUtil.isTransferEncodingChunked(response);
        if (known) {
            return length > pool.maxWhole();
        }
        return response.status().codeClass() == HttpStatusClass.SUCCESS || gathered.size() > pool.maxWhole();
    }

    private void stream() {
        LiveBody body = new LiveBody(this);
        live = body;
        body.arrivedBefore(gathered.take());
        handOver(body);
    }

    private void handOver(LiveBody body) {
        HttpResponse response = requireNonNull(head);
        UpstreamRequest answered = requireNonNull(request);
        request = null;
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
        byte[] bytes = gathered.takeBytes();
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
        // An answer that overtook its request leaves the connection in the middle of a message; one without a length
        // ends with its connection.
        if (keepAlive && sent && channel().isActive() && !hasSurplus()) {
            pool.idle(host, this);
        } else {
            close();
        }
    }

    private void forgetAnswer() {
        request = null;
        live = null;
        head = null;
        gathered.release();
    }

    /**
     * Tells whoever waits, and closes. An error answer has said with its head what became of the request, so it is handed
     * over as a stream that breaks.
     */
    private void failed(MehariFailure failure) {
        if (call() != null && head != null && isError(head) && isBreak(failure)) {
            LiveBody broken = new LiveBody(this);
            broken.arrivedBefore(gathered.take());
            broken.finish(new StreamEnd.Failed(failure));
            handOver(broken);
        }
        UpstreamRequest waiting = request;
        LiveBody body = live;
        forgetAnswer();
        close();
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

    /** The upstream's doing, while the call has time left. */
    private static boolean isBreak(MehariFailure failure) {
        return failure instanceof UpstreamBroken
                || (failure instanceof UpstreamTimeout timeout && timeout.stage() == UpstreamTimeout.Stage.IDLE);
    }

    /** The connection was closed before a byte of the answer. */
    private void lost(UpstreamRequest waiting, @Nullable Throwable cause) {
        if (reused && head == null && waiting.mayBeSentAgain()) {
            request = null;
            close();
            pool.submitFresh(host, waiting);
        } else {
            failed(new UpstreamBroken("The upstream closed the connection before it answered", cause));
        }
    }

    void pooled() {
        reused = true;
        readNanos = pool.nowNanos();
    }

    void close() {
        if (channel != null) {
            channel.close();
        }
    }

    /** Fails what is under way, and closes. */
    void shutDown(MehariFailure why) {
        if (connectingFor != null) {
            pool.connected(host, this, connectingFor, why);
        } else {
            failed(why);
        }
    }

    /** Called a few times a second. */
    void check(long now) {
        if (live != null && live.isHeldBack()) {
            readNanos = now;
        }
        if (connectingFor != null) {
            MehariFailure timeout = timeouts.beforeConnection(startedNanos, connectingFor.startedNanos(), now);
            if (timeout != null) {
                pool.connected(host, this, connectingFor, timeout);
            }
        } else if (!isBusy()) {
            if (now - readNanos > pool.maxIdleNanos()) {
                close();
            }
        } else {
            MehariFailure timeout = head == null
                    ? timeouts.beforeAnswer(startedNanos, now)
                    : timeouts.inAnswer(startedNanos, readNanos, now);
            if (timeout != null) {
                failed(timeout);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        UpstreamRequest waiting = request;
        if (waiting != null && head == null) {
            lost(waiting, null);
        } else if (isBusy()) {
            failed(new UpstreamBroken("The upstream closed the connection in the middle of its answer", null));
        }
        if (connectingFor == null) {
            pool.closed(host, this);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (connectingFor != null) {
            ctx.close(); // told by the step that failed
        } else if (request != null && head == null) {
            lost(request, cause);
        } else {
            failed(new UpstreamBroken("The connection to the upstream broke", cause));
        }
    }
}
