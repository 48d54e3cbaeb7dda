package dev.mehari.relay;

import static java.util.Objects.requireNonNull;

import dev.mehari.answer.FailureAnswer;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.RequestRejected;
import dev.mehari.failure.RequestRejected.Kind;
import dev.mehari.inspection.CalledDialect;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: reads one request at a time, hands it to the consumer whose path it has, and writes the answer.
 * A request that arrives before the answer to the one before it (pipelining) waits for its turn; few are read ahead.
 *
 * <p>States: no call (idle), a call and no consumer running (reading its request), a call being answered, and lingering:
 * the last answer was written, so what still comes is thrown away for a moment, lest the connection be reset before the
 * client has read the answer (RFC 9112, section 9.6).
 */
final class ServerConnection extends ChannelInboundHandlerAdapter {
    private static final int SMALL_REST = 64 * 1024;
    /** Heads and pieces of bodies; some are read so that the end of the connection is seen behind them. */
    private static final int MAX_READ_AHEAD = 16;

    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final RelayServer server;
    private @Nullable ChannelHandlerContext ctx;

    private @Nullable ServerCall call;
    private @Nullable HttpRequest request;
    private @Nullable RelayConsumer consumer;
    private @Nullable RequestBody body;
    private @Nullable MehariFailure refusal;
    private boolean answering;
    private boolean discarding;
    private boolean readingOn;
    private @Nullable ArrayDeque<Object> readAhead;
    private boolean lingering;
    private long lingerEndNanos;
    private long activeNanos;
    private final StallWatch stall = new StallWatch();

    ServerConnection(RelayServer server) {
        this.server = server;
    }

    RelayServer server() {
        return server;
    }

    long nowNanos() {
        return server.nowNanos();
    }

    boolean isDraining() {
        return server.isDraining();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        activeNanos = nowNanos();
    }

    private ChannelHandlerContext ctx() {
        return requireNonNull(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        server.opened(this);
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        activeNanos = nowNanos();
        if (discarding) {
            ReferenceCountUtil.release(message);
        } else if (answering) {
            if (readAhead == null) {
                readAhead = new ArrayDeque<>();
            }
            readAhead.add(message);
            if (readAhead.size() == MAX_READ_AHEAD) {
                context.channel().config().setAutoRead(false);
            }
        } else {
            read(message);
        }
    }

    private void read(Object message) {
        try {
            if (message instanceof HttpRequest head) {
                begin(head);
            }
            if (message instanceof HttpContent content && call != null && !answering) {
                more(call, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest head) {
        String id = RequestIds.of(head.headers().get(RelayHttpComponent.REQUEST_ID_HEADER));
        ServerCall begun = new ServerCall(this, ctx(), head, id, nowNanos());
        call = begun;
        server.began(begun);
        request = head;
        body = null;
        refusal = null;
        consumer = null;
        if (head.decoderResult().isFailure()) {
            begun.closeAfterwards();
            refuse(begun, RequestRules.undecodable(head.decoderResult().cause(), server.limits()));
            return;
        }
        refusal = RequestRules.check(head, server.limits());
        if (refusal == null) {
            try {
                consumer = server.route(head);
            } catch (RequestRejected noConsumer) {
                refusal = noConsumer;
            }
        }
        long announced = HttpUtil.getContentLength(head, -1L);
        if (refusal != null) {
            boolean readOn = !HttpUtil.isTransferEncodingChunked(head)
                    && announced <= SMALL_REST
                    && !HttpUtil.is100ContinueExpected(head)
                    && !(refusal instanceof RequestRejected rejected && rejected.kind() == Kind.MALFORMED);
            if (!readOn) {
                refuse(begun, refusal);
            }
            return;
        }
        if (HttpUtil.is100ContinueExpected(head)) {
            ctx().writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        body = new RequestBody(announced);
    }

    private void more(ServerCall reading, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            refuse(reading, RequestRules.undecodable(content.decoderResult().cause(), server.limits()));
            return;
        }
        boolean last = content instanceof LastHttpContent;
        if (refusal != null) {
            if (last) {
                answerRefusal(reading, refusal);
            }
            return;
        }
        RequestBody arriving = requireNonNull(body);
        if (content.content().isReadable()) {
            if (arriving.size() + content.content().readableBytes()
                    > server.limits().maxBody().bytes()) {
                refuse(reading, RequestRules.bodyTooLarge(server.limits()));
                return;
            }
            arriving.add(content.content());
        }
        if (last) {
            answering = true;
            byte[] whole = arriving.toBytes();
            reading.requestBytes(whole.length);
            body = null;
            requireNonNull(consumer).accept(reading, requireNonNull(request), whole);
        }
    }

    /** Refuses a request that has been read to its end, so the connection can go on. */
    private void answerRefusal(ServerCall refused, MehariFailure failure) {
        answering = true;
        server.refused(refused, refusedRequest(refused), failure);
        writeRefusal(refused, failure);
    }

    /** Refuses a request whose rest is not wanted. */
    private void refuse(ServerCall refused, MehariFailure failure) {
        answering = true;
        discarding = true;
        refused.closeAfterwards();
        server.refused(refused, refusedRequest(refused), failure);
        writeRefusal(refused, failure);
    }

    void writeRefusal(ServerCall refused, Throwable failure) {
        String path = path();
        FailureAnswer answer = server.failureAnswers().answer(failure, dialect(), path, refused.id());
        HttpHeaders headers = new DefaultHttpHeaders();
        answer.headers().forEach(headers::set);
        if (failure instanceof RequestRejected rejected && rejected.kind() == Kind.WRONG_METHOD) {
            headers.set(HttpHeaderNames.ALLOW, server.allowedMethods(path));
        }
        refused.answer(answer.status(), headers, answer.body(), -1);
    }

    private String path() {
        return request == null ? "" : RequestTarget.path(request.uri());
    }

    private RefusedRequest refusedRequest(ServerCall refused) {
        HttpRequest head = requireNonNull(request);
        return new RefusedRequest(
                refused.id(), head.method().name(), path(), head.headers().get("X-Forwarded-For"), dialect());
    }

    private Dialect dialect() {
        HttpRequest head = request;
        return CalledDialect.of(path(), name -> head != null && head.headers().contains(name));
    }

    /** The answer is out, or never will be. */
    void callEnded(ServerCall ended, boolean closeDelimited) {
        if (call != ended) {
            return;
        }
        call = null;
        request = null;
        answering = false;
        activeNanos = nowNanos();
        if (!ctx().channel().isActive()) {
            discarding = true;
        } else if (discarding || closeDelimited || !ended.keepAlive()) {
            discarding = true;
            ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> linger());
        } else {
            readOn();
        }
    }

    private void readOn() {
        ArrayDeque<Object> waiting = readAhead;
        if (waiting == null || readingOn) {
            return;
        }
        readingOn = true; // an answer given at once ends up here again; the loop goes on for it
        while (!answering && !discarding && !waiting.isEmpty()) {
            read(waiting.poll());
        }
        readingOn = false;
        if (waiting.isEmpty() && readAhead == waiting) {
            readAhead = null;
            ctx().channel().config().setAutoRead(true);
        }
    }

    private void linger() {
        releaseReadAhead();
        ctx().channel().config().setAutoRead(true);
        if (ctx().channel() instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        lingerEndNanos = nowNanos() + LINGER_NANOS;
        lingering = true;
    }

    /** Closes what has been idle for too long; called from time to time on the event loop. */
    void checkIdle(long nowNanos) {
        ServerCall reading = call;
        if (lingering) {
            if (nowNanos - lingerEndNanos > 0) {
                ctx().close();
            }
            return;
        }
        if (answering) {
            if (stall.isStalled(ctx().channel(), server.limits().requestIdle().toNanos(), nowNanos)) {
                ctx().close();
            }
            return;
        }
        long idle = nowNanos - activeNanos;
        if (reading == null) {
            if (server.isDraining() || idle > server.limits().keepAlive().toNanos()) {
                ctx().close();
            }
        } else if (idle > server.limits().requestIdle().toNanos()) {
            refuse(reading, RequestRules.tooSlow(server.limits()));
        }
    }

    boolean isOn(EventLoop loop) {
        return ctx().channel().eventLoop() == loop;
    }

    /** Any thread. */
    void closeNow() {
        ctx().close();
    }

    /** Any thread. */
    void closeIfIdle() {
        ctx().executor().execute(this::closeUnlessEnding);
    }

    /** Without a call: one that lingers ends by itself. */
    private void closeUnlessEnding() {
        if (call == null && !discarding) {
            ctx().close();
        }
    }

    /** Any thread; see {@link #breakOff}. */
    void breakOffSoon(MehariFailure why) {
        ctx().executor().execute(() -> breakOff(why));
    }

    private void breakOff(MehariFailure why) {
        if (call == null) {
            closeUnlessEnding();
        } else {
            breakOff(call, why);
        }
    }

    /** Ends {@code running}: an error event in a stream, a refusal before it; on the event loop. */
    void breakOff(ServerCall running, Throwable why) {
        if (running.isOver()) {
            return;
        }
        if (running.hasBegun()) {
            running.abort(why);
        } else {
            discarding = true;
            running.closeAfterwards();
            writeRefusal(running, why);
            running.abandonWork();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (call != null) {
            call.writabilityChanged();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        server.closed(this);
        releaseReadAhead();
        ServerCall interrupted = call;
        if (interrupted != null) {
            interrupted.clientGone();
        }
        context.fireChannelInactive();
    }

    private void releaseReadAhead() {
        if (readAhead != null) {
            readAhead.forEach(ReferenceCountUtil::release);
            readAhead = null;
        }
    }

    /** A reset by the client, mostly; whatever it is, the connection is of no more use. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        server.connectionFailed(cause);
        context.close();
    }
}
