package dev.mehari.simulator;

import dev.mehari.exchange.Dialect;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client. Requests are answered in order, one at a time: collect the body, decide (failure, known
 * answer, new answer), wait out the latency, write whole or play the stream. A client that leaves ends its answer.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which channelInactive sees
final class SimulatorConnection extends ChannelInboundHandlerAdapter {
    /** Pipelined requests beyond this are left in the socket. */
    private static final int MOST_WAITING = 256;

    private final SimulatorLoop loop;
    private final BodyCollector body = new BodyCollector();
    private final Deque<Incoming> waiting = new ArrayDeque<>(2);
    private @Nullable HttpRequest head;
    private @Nullable Incoming current;
    private @Nullable Future<?> latencyTimer;
    private @Nullable StreamPlayer player;
    private boolean closing;

    SimulatorConnection(SimulatorLoop loop) {
        this.loop = loop;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        loop.counters().connectionsAccepted.increment();
        loop.counters().connectionsOpen.increment();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            head = request;
            if (request.decoderResult().isFailure()) {
                refuse(
                        ctx,
                        400,
                        "The request is not HTTP: " + request.decoderResult().cause());
            } else if (HttpUtil.is100ContinueExpected(request)) {
                ctx.writeAndFlush(Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII));
            }
        }
        if (message instanceof HttpContent content) {
            if (content.decoderResult().isFailure()) {
                content.release();
                refuse(
                        ctx,
                        400,
                        "The body is not HTTP: " + content.decoderResult().cause());
            } else if (!body.add(content.content())) {
                refuse(ctx, 413, "The body is too large");
            } else if (content instanceof LastHttpContent && head != null) {
                complete(ctx, head);
            }
        }
    }

    private void complete(ChannelHandlerContext ctx, HttpRequest request) {
        head = null;
        boolean http11 = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
        waiting.add(new Incoming(
                request.method().name(),
                Incoming.pathOf(request.uri()),
                request.headers(),
                http11,
                HttpUtil.isKeepAlive(request),
                body.take()));
        if (waiting.size() >= MOST_WAITING) {
            ctx.channel().config().setAutoRead(false);
        }
        answerWaiting(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    private void answerWaiting(ChannelHandlerContext ctx) {
        while (current == null && !waiting.isEmpty() && !closing) {
            current = waiting.remove();
            begin(ctx, current);
        }
        if (waiting.isEmpty() && !ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    private void begin(ChannelHandlerContext ctx, Incoming request) {
        Simulation simulation = loop.simulation();
        String id = simulation.nextId();
        Reply.Whole control = simulation.control(request);
        if (control != null) {
            write(ctx, WireReply.of(control, request, id), id);
            end(ctx, request, request.keepAlive());
            return;
        }
        loop.counters().requestReceived();
        RequestControls controls;
        try {
            controls = simulation.controls(request);
        } catch (InvalidRequest e) {
            Reply refusal = Simulation.error(request.dialect(), 400, String.valueOf(e.getMessage()), id, Map.of());
            later(ctx, request, refusal, simulation.defaultControls(), id);
            return;
        }
        Reply.Whole failure = simulation.fail(request, controls, loop.random(), id);
        if (failure != null) {
            later(ctx, request, failure, controls, id);
        } else if (simulation.isRepeatable(request, controls)) {
            beginRepeatable(ctx, request, controls, id);
        } else {
            later(ctx, request, simulation.answer(request, controls, id), controls, id);
        }
    }

    private void beginRepeatable(ChannelHandlerContext ctx, Incoming request, RequestControls controls, String id) {
        long second = loop.simulation().nowSeconds();
        WireReply known = loop.recent().find(request, second);
        if (known == null) {
            Reply reply = loop.simulation().answer(request, controls, id);
            if (!(reply instanceof Reply.Whole whole)) {
                later(ctx, request, reply, controls, id);
                return;
            }
            known = WireReply.of(whole, request, id);
            loop.recent().add(request, second, known);
        }
        later(ctx, request, known, controls, id);
    }

    private void later(ChannelHandlerContext ctx, Incoming request, Reply reply, RequestControls controls, String id) {
        if (reply instanceof Reply.Whole whole) {
            later(ctx, request, WireReply.of(whole, request, id), controls, id);
        } else if (reply instanceof Reply.Streamed streamed) {
            afterLatency(ctx, latencyNanos(controls), () -> stream(ctx, request, streamed, controls, id));
        }
    }

    private void later(
            ChannelHandlerContext ctx, Incoming request, WireReply reply, RequestControls controls, String id) {
        long making = reply.outputTokens() * controls.pace().tokenNanos();
        afterLatency(ctx, latencyNanos(controls) + making, () -> {
            if (controls.cutAfter() == 0) {
                reset(ctx);
            } else {
                count(reply.status());
                write(ctx, reply, id);
                loop.counters().requestEnded();
                end(ctx, request, request.keepAlive());
            }
        });
    }

    private long latencyNanos(RequestControls controls) {
        Pace pace = controls.pace();
        return pace.latencyNanos(pace.latencySpread() == 0 ? 0 : loop.random().nextGaussian());
    }

    private void afterLatency(ChannelHandlerContext ctx, long nanos, Runnable answer) {
        if (nanos <= 0) {
            answer.run();
            return;
        }
        latencyTimer = ctx.executor()
                .schedule(
                        () -> {
                            latencyTimer = null;
                            answer.run();
                            ctx.flush();
                            answerWaiting(ctx);
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    private void count(int status) {
        if (status < 400) {
            loop.counters().succeeded.increment();
        } else {
            loop.counters().failed.increment();
        }
    }

    private static void write(ChannelHandlerContext ctx, WireReply reply, String id) {
        ctx.write(reply.toBuffer(ctx.alloc(), id));
    }

    private void stream(
            ChannelHandlerContext ctx, Incoming request, Reply.Streamed reply, RequestControls controls, String id) {
        boolean keepAlive = request.http11() && request.keepAlive();
        String streamHead =
                WireReply.head(200, request.dialect(), "text/event-stream; charset=utf-8", reply.headers(), id)
                        + "cache-control: no-cache\r\n"
                        + (request.http11() ? "transfer-encoding: chunked\r\n" : "")
                        + (keepAlive ? "\r\n" : "connection: close\r\n\r\n");
        ctx.write(ByteBufUtil.writeUtf8(ctx.alloc(), streamHead));
        loop.counters().streamsStarted.increment();
        player = new StreamPlayer(
                ctx, reply.script(), controls, request.http11(), loop.nanos(), new StreamPlayer.Ending() {
                    @Override
                    public void complete() {
                        player = null;
                        loop.counters().streamsCompleted.increment();
                        loop.counters().succeeded.increment();
                        loop.counters().requestEnded();
                        end(ctx, request, keepAlive);
                        answerWaiting(ctx);
                    }

                    @Override
                    public void cut() {
                        player = null;
                        loop.counters().streamsCut.increment();
                        reset(ctx);
                    }
                });
        player.play();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (player != null && ctx.channel().isWritable()) {
            player.play();
        }
    }

    private void end(ChannelHandlerContext ctx, Incoming request, boolean keepAlive) {
        request.body().release();
        current = null;
        if (!keepAlive) {
            closing = true;
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Ends the connection as a crash would: with a reset instead of an orderly close. */
    private void reset(ChannelHandlerContext ctx) {
        loop.counters().requestEnded();
        if (current != null) {
            current.body().release();
            current = null;
        }
        closing = true;
        ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        ctx.close();
    }

    private void refuse(ChannelHandlerContext ctx, int status, String message) {
        body.discard();
        closing = true;
        Reply.Whole reply = Simulation.error(
                Dialect.OPENAI, status, message, loop.simulation().nextId(), Map.of());
        byte[] json = Json.bytes(reply.body());
        String refusal = WireReply.head(status, Dialect.OPENAI, "application/json", Map.of(), "0")
                + "connection: close\r\ncontent-length: " + json.length + "\r\n\r\n";
        ctx.write(ByteBufUtil.writeUtf8(ctx.alloc(), refusal));
        ctx.writeAndFlush(Unpooled.wrappedBuffer(json)).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.counters().connectionsOpen.decrement();
        if (latencyTimer != null) {
            latencyTimer.cancel(false);
            loop.counters().requestsAborted.increment();
        }
        if (player != null) {
            player.cancel();
            player = null;
            loop.counters().streamsAborted.increment();
        }
        if (current != null) {
            loop.counters().requestEnded();
            current.body().release();
            current = null;
        }
        closing = true;
        body.discard();
        waiting.forEach(request -> request.body().release());
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A reset by the client is its way to leave; channelInactive accounts for it.
        ctx.close();
    }
}
