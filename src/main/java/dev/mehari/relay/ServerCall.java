package dev.mehari.relay;

import dev.mehari.exchange.AnswerObserver;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request on a server connection and the answer to it. Writing happens on the connection's event loop; the hooks of
 * {@link Call} may be set from any thread.
 */
final class ServerCall implements Call, LiveBody.Sink {
    private static final ByteBuf HEARTBEAT =
            Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(": waiting\n\n", StandardCharsets.UTF_8));

    private final ServerConnection connection;
    private final ChannelHandlerContext ctx;
    private final String id;
    private final boolean head;
    private final boolean http10;
    private final long startedNanos;
    private final CallHooks hooks = new CallHooks();

    // Confined to the event loop, and read by record() there or after the end.
    private boolean keepAlive;
    private boolean headWritten;
    private boolean eventStream;
    private boolean closeDelimited;
    private boolean complete;
    private @Nullable LiveBody streaming;
    private @Nullable SseBoundary boundary;
    private @Nullable AnswerShow shown;
    private long requestBytes;
    private long responseBytes;
    private long firstByteNanos;
    private long endedNanos;
    private int status;
    private CallRecord.End end = CallRecord.End.OPEN;
    private volatile @Nullable Function<Throwable, byte[]> streamFailure;

    ServerCall(ServerConnection connection, ChannelHandlerContext ctx, HttpRequest request, String id, long nowNanos) {
        this.connection = connection;
        this.ctx = ctx;
        this.id = id;
        head = HttpMethod.HEAD.equals(request.method());
        http10 = !request.protocolVersion().isKeepAliveDefault();
        keepAlive = HttpUtil.isKeepAlive(request);
        startedNanos = nowNanos;
    }

    String id() {
        return id;
    }

    boolean keepAlive() {
        return keepAlive;
    }

    EventLoop loop() {
        return ctx.channel().eventLoop();
    }

    /** True when nothing can be answered any more. */
    boolean isOver() {
        return complete || hooks.isEnded();
    }

    /** Answers with a failure; the answer must not have begun. */
    void refuse(Throwable failure) {
        connection.writeRefusal(this, failure);
    }

    /** Nobody is there to be answered; closes what is left. */
    void abandoned() {
        if (!isOver()) {
            closeBroken();
        }
    }

    /** The connection is to be closed after this answer. */
    void closeAfterwards() {
        keepAlive = false;
    }

    void requestBytes(long size) {
        requestBytes = size;
    }

    @Override
    public void onEnd(Runnable action) {
        hooks.onEnd(action);
    }

    @Override
    public void beforeLastByte(Runnable action) {
        hooks.beforeLastByte(action);
    }

    @Override
    public void onClientGone(Runnable action) {
        hooks.onClientGone(action);
    }

    @Override
    public void clearClientGone(Runnable action) {
        hooks.clearClientGone(action);
    }

    @Override
    public boolean isClientGone() {
        return hooks.isClientGone();
    }

    @Override
    public ScheduledExecutorService executor() {
        return ctx.channel().eventLoop();
    }

    @Override
    public @Nullable InetAddress clientAddress() {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress client ? client.getAddress() : null;
    }

    @Override
    public void onStreamFailure(Function<Throwable, byte[]> event) {
        streamFailure = event;
    }

    @Override
    public void breakOff(Throwable failure) {
        if (ctx.channel().eventLoop().inEventLoop()) {
            connection.breakOff(this, failure);
        } else {
            ctx.channel().eventLoop().execute(() -> connection.breakOff(this, failure));
        }
    }

    @Override
    public void observeAnswer(AnswerObserver observer) {
        if (!ctx.channel().eventLoop().inEventLoop()) {
            ctx.channel().eventLoop().execute(() -> observeAnswer(observer));
        } else if (shown != null) {
            throw new IllegalStateException("the answer is observed already");
        } else {
            shown = new AnswerShow(observer);
        }
    }

    @Override
    public CallRecord record() {
        return new CallRecord(startedNanos, firstByteNanos, endedNanos, status, requestBytes, responseBytes, end);
    }

    @Override
    public void heartbeat() {
        if (!ctx.channel().eventLoop().inEventLoop()) {
            ctx.channel().eventLoop().execute(this::heartbeat);
            return;
        }
        if (isOver() || head || (headWritten && !eventStream) || streaming != null) {
            return;
        }
        if (!headWritten) {
            HttpResponse early = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            early.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                    .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
            eventStream = true;
            boundary = new SseBoundary();
            writeStreamHead(early, -1);
        }
        if (shown != null) {
            shown.bytes(HEARTBEAT);
        }
        ctx.writeAndFlush(new DefaultHttpContent(HEARTBEAT.duplicate()), ctx.voidPromise());
    }

    /** True when {@link #heartbeat()} has begun an event stream, so that only events can follow. */
    boolean hasBegunEventStream() {
        return headWritten && eventStream;
    }

    /** Writes a whole answer. For HEAD and 304 {@code length} is what a GET would have had, or -1 when unknown. */
    void answer(int code, HttpHeaders headers, byte[] body, long length) {
        HttpResponseStatus responseStatus = HttpResponseStatus.valueOf(code);
        boolean bodiless = head || code == 204 || code == 304 || code / 100 == 1;
        DefaultFullHttpResponse response;
        if (bodiless) {
            if (code != 204 && (length >= 0 || (head && body.length > 0))) {
                headers.set(HttpHeaderNames.CONTENT_LENGTH, length >= 0 ? length : body.length);
            }
            response = new BodilessAnswer(responseStatus, headers);
        } else {
            headers.setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
            response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    responseStatus,
                    body.length == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body),
                    headers,
                    EmptyHttpHeaders.INSTANCE);
            responseBytes = body.length;
        }
        headHasGone(response);
        if (shown != null && !bodiless) {
            shown.bytes(body);
        }
        complete = true;
        hooks.answered();
        finishWith(ctx.write(response));
        flush();
    }

    /** Writes the head and relays {@code body} behind it; {@code length} is the Content-Length, or -1 when unknown. */
    void stream(int code, HttpHeaders headers, LiveBody body, long length) {
        if (hooks.isEnded()) {
            body.discard();
            return;
        }
        if (head) {
            body.discard();
            answer(code, headers, RequestBody.EMPTY, length);
            return;
        }
        if (!headWritten) {
            eventStream = length < 0 && SseBoundary.isEventStream(headers);
            if (eventStream && !headers.contains(HttpHeaderNames.CONTENT_ENCODING)) {
                boundary = new SseBoundary();
            }
            writeStreamHead(
                    new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(code), headers), length);
        }
        streaming = body;
        body.attach(this);
    }

    /** Writes {@code events} into an event stream that {@link #heartbeat()} has begun, and ends it. */
    void finishEventStream(byte[] events) {
        content(new DefaultHttpContent(Unpooled.wrappedBuffer(events)));
        content(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private void writeStreamHead(HttpResponse response, long length) {
        if (length >= 0) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
        } else if (http10) {
            closeDelimited = true;
            keepAlive = false;
        } else {
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        headHasGone(response);
        if (eventStream) {
            connection.server().streamBegan();
        }
        ctx.write(response, ctx.voidPromise());
    }

    private void headHasGone(HttpResponse response) {
        HttpHeaders headers = response.headers();
        if (connection.isDraining()) {
            keepAlive = false;
        }
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (http10) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        headers.set(RelayHttpComponent.REQUEST_ID_HEADER, id);
        headWritten = true;
        status = response.status().code();
        firstByteNanos = connection.nowNanos();
        if (shown != null) {
            shown.head(headers);
        }
    }

    @Override
    public void content(HttpContent content) {
        responseBytes += content.content().readableBytes();
        if (boundary != null) {
            boundary.saw(content.content());
        }
        if (shown != null) {
            shown.bytes(content.content());
        }
        if (!(content instanceof LastHttpContent)) {
            ctx.write(content, ctx.voidPromise());
            return;
        }
        complete = true;
        endBody();
        hooks.answered();
        // Close-delimited content still passes through the encoder, which writes it raw without a chunked head.
        finishWith(ctx.write(content));
        flush();
    }

    private void finishWith(ChannelFuture written) {
        written.addListener(future -> {
            if (!future.isSuccess()) {
                ctx.close();
            }
            end(future.isSuccess() ? CallRecord.End.COMPLETE : CallRecord.End.CLIENT_GONE);
        });
    }

    @Override
    public void flush() {
        FlushBatch.add(ctx, ctx.executor());
    }

    @Override
    public boolean isWritable() {
        return ctx.channel().isWritable();
    }

    /** Ends a begun answer as broken: with an error event where it is an event stream, and never with a clean end. */
    @Override
    public void abort(Throwable cause) {
        if (complete || hooks.isEnded()) {
            return;
        }
        complete = true;
        keepAlive = false;
        Function<Throwable, byte[]> event = streamFailure;
        if (boundary != null && event != null) {
            byte[] bytes = event.apply(cause);
            ByteBuf last = ctx.alloc().buffer(bytes.length + 2);
            if (!boundary.isBetweenEvents()) {
                ByteBufUtil.writeAscii(last, "\n\n");
            }
            last.writeBytes(bytes);
            if (shown != null) {
                shown.bytes(last);
            }
            ctx.writeAndFlush(new DefaultHttpContent(last)).addListener(written -> closeBroken());
        } else {
            closeBroken();
        }
    }

    private void closeBroken() {
        ctx.flush(); // what came before the break
        ctx.close();
        end(CallRecord.End.BROKEN);
    }

    /** Stops what is still being done for this call, as if its client had left. */
    void abandonWork() {
        hooks.abandon();
    }

    void writabilityChanged() {
        if (streaming != null) {
            streaming.regulate();
        }
    }

    boolean hasBegun() {
        return headWritten;
    }

    /** The client's connection is gone; on the event loop. */
    void clientGone() {
        if (!complete && hooks.clientGone()) {
            end(CallRecord.End.CLIENT_GONE);
        } else {
            end(CallRecord.End.BROKEN);
        }
    }

    /** Gives up what is still coming; where all of it has come, only tells so. */
    private void endBody() {
        LiveBody body = streaming;
        streaming = null;
        if (body != null) {
            body.discard();
        }
    }

    private void end(CallRecord.End how) {
        if (end != CallRecord.End.OPEN) {
            return;
        }
        end = how;
        endedNanos = connection.nowNanos();
        endBody();
        if (eventStream) {
            connection.server().streamEnded();
        }
        hooks.end();
        connection.callEnded(this, closeDelimited);
    }
}
