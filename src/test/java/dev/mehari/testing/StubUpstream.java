package dev.mehari.testing;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An upstream that does what its script says and remembers what it was asked. The script runs on an event loop for each
 * request and answers through {@link Reply}, in raw bytes where a test wants to send what no proper server would.
 */
public final class StubUpstream implements AutoCloseable {
    /** What the stub does with a request. */
    @FunctionalInterface
    public interface Script {
        void answer(Request request, Reply reply);
    }

    /** A request as it arrived. */
    public record Request(
            String method, String uri, HttpHeaders headers, byte[] body, long arrivedNanos, int connection) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final EventLoopGroup loops = new NioEventLoopGroup(2);
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostInFlight = new AtomicInteger();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final Channel listening;
    private volatile Script script;

    private StubUpstream(Script script, SslContext tls) {
        this.script = script;
        listening = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(
                                        new HttpRequestDecoder(),
                                        new io.netty.handler.codec.http.HttpServerExpectContinueHandler(),
                                        new HttpObjectAggregator(64 << 20),
                                        new Connection(connections.incrementAndGet()));
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    public static StubUpstream answering(Script script) {
        return new StubUpstream(script, null);
    }

    public static StubUpstream answeringOverTls(SslContext tls, Script script) {
        return new StubUpstream(script, tls);
    }

    /** Answers everything with {@code status} and a small JSON body. */
    public static StubUpstream respondingWith(int status) {
        return answering((request, reply) -> reply.json(status, "{\"ok\":true}"));
    }

    /** From now on, answers as {@code next} says. */
    public void answer(Script next) {
        script = next;
    }

    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** All requests so far, in order of arrival. */
    public List<Request> requests() {
        return requests;
    }

    /** Connections that were ever opened. */
    public int connections() {
        return connections.get();
    }

    public int openConnections() {
        return connections.get() - closed.get();
    }

    /** Connections closed so far, by either side. */
    public int closedConnections() {
        return closed.get();
    }

    public int inFlight() {
        return inFlight.get();
    }

    public int mostInFlight() {
        return mostInFlight.get();
    }

    /** Also a second time: a test may end a server early, and what tidies up after it need not know. */
    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) {
            return;
        }
        listening.close().syncUninterruptibly();
        open.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final int number;
        private int unanswered;

        Connection(int number) {
            this.number = number;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            open.add(ctx.channel());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            closed.incrementAndGet();
            inFlight.addAndGet(-unanswered);
            unanswered = 0;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
            byte[] body = new byte[message.content().readableBytes()];
            message.content().readBytes(body);
            Request request = new Request(
                    message.method().name(), message.uri(), message.headers().copy(), body, System.nanoTime(), number);
            requests.add(request);
            unanswered++;
            int now = inFlight.incrementAndGet();
            mostInFlight.accumulateAndGet(now, Math::max);
            script.answer(request, new Reply(ctx, () -> {
                if (unanswered > 0) {
                    unanswered--;
                    inFlight.decrementAndGet();
                }
            }));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** How a script answers. All methods but {@link #after} write at once; call them on the event loop. */
    public static final class Reply {
        private final ChannelHandlerContext ctx;
        private final Runnable done;

        private Reply(ChannelHandlerContext ctx, Runnable done) {
            this.ctx = ctx;
            this.done = done;
        }

        /** A whole answer with a JSON body; more headers as name, value, name, value... */
        public void json(int status, String body, String... headers) {
            bytes(status, "application/json", body.getBytes(StandardCharsets.UTF_8), headers);
        }

        public void bytes(int status, String contentType, byte[] body, String... headers) {
            DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
            StringBuilder head = new StringBuilder("HTTP/1.1 " + response.status() + "\r\n");
            head.append("Content-Type: ").append(contentType).append("\r\n");
            head.append("Content-Length: ").append(body.length).append("\r\n");
            for (int i = 0; i < headers.length; i += 2) {
                head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
            }
            head.append("\r\n");
            ByteBuf out = Unpooled.wrappedBuffer(
                    Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII), Unpooled.wrappedBuffer(body));
            done.run();
            ctx.writeAndFlush(out);
        }

        /** Begins an event stream of chunks. */
        public Reply sse(String... headers) {
            StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
                    .append("Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n");
            for (int i = 0; i < headers.length; i += 2) {
                head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
            }
            return raw(head.append("\r\n").toString());
        }

        /** One chunk. */
        public Reply chunk(String content) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            return raw(Integer.toHexString(bytes.length) + "\r\n" + content + "\r\n");
        }

        /** The last chunk. */
        public void end() {
            done.run();
            raw("0\r\n\r\n");
        }

        /** Exactly these characters, in UTF-8. */
        public Reply raw(String bytes) {
            ctx.writeAndFlush(Unpooled.copiedBuffer(bytes, StandardCharsets.UTF_8));
            return this;
        }

        /** Exactly these bytes. */
        public Reply raw(byte[] bytes) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes));
            return this;
        }

        /** The answer is out, for the count of requests in flight; {@code raw} answers need to say so. */
        public Reply done() {
            done.run();
            return this;
        }

        public void close() {
            ctx.close();
        }

        /** Closes the connection as a broken wire does, without the end that TLS asks for. */
        public void cut() {
            ctx.channel().unsafe().close(ctx.channel().unsafe().voidPromise());
        }

        /** Resets the connection. */
        public void reset() {
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            ctx.close();
        }

        /** Does {@code then} later, on the same event loop, unless the connection is closed by then. */
        public void after(Duration delay, Runnable then) {
            ctx.executor()
                    .schedule(
                            () -> {
                                if (ctx.channel().isActive()) {
                                    then.run();
                                }
                            },
                            delay.toNanos(),
                            TimeUnit.NANOSECONDS);
        }

        /** Calls {@code then} once the connection is closed, by either side. */
        public void whenClosed(Runnable then) {
            ctx.channel().closeFuture().addListener(closed -> then.run());
        }

        public boolean isOpen() {
            return ctx.channel().isActive();
        }

        public boolean isWritable() {
            return ctx.channel().isWritable();
        }

        /** Calls {@code then} each time the connection can take more. */
        public void whenWritable(Runnable then) {
            ctx.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelWritabilityChanged(ChannelHandlerContext context) {
                    if (context.channel().isWritable()) {
                        then.run();
                    }
                }
            });
        }
    }
}
