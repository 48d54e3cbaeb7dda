package dev.mehari.relay;

import dev.mehari.answer.FailureAnswers;
import dev.mehari.config.RelayLimits;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.RequestRejected;
import dev.mehari.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening port and its connections; consumers with different paths share it. */
final class RelayServer {
    private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
    private static final List<String> ANY_METHOD = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final int LOW_WATER = 32 * 1024;
    private static final int HIGH_WATER = 64 * 1024;

    private final String host;
    private final int port;
    private final RelayLimits limits;
    private final FailureAnswers failureAnswers;
    private final Supplier<RefusalListener> refusals;
    private final LongSupplier nanos;
    private final List<RelayConsumer> consumers = new CopyOnWriteArrayList<>();
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger calls = new AtomicInteger();
    private final LongAdder streams = new LongAdder();
    private @Nullable Channel listening;
    private final List<ScheduledFuture<?>> tickers = new ArrayList<>();
    private volatile boolean draining;
    private volatile @Nullable Runnable onLastConnection;

    RelayServer(
            String host,
            int port,
            RelayLimits limits,
            FailureAnswers failureAnswers,
            Supplier<RefusalListener> refusals,
            LongSupplier nanos) {
        this.host = host;
        this.port = port;
        this.limits = limits;
        this.failureAnswers = failureAnswers;
        this.refusals = refusals;
        this.nanos = nanos;
    }

    RelayLimits limits() {
        return limits;
    }

    FailureAnswers failureAnswers() {
        return failureAnswers;
    }

    long nowNanos() {
        return nanos.getAsLong();
    }

    boolean isDraining() {
        return draining;
    }

    /** The port that is listened on; differs from the configured one when that is 0. */
    int port() {
        Channel channel = listening;
        return channel == null ? port : ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Event streams that have begun and not ended. */
    int streams() {
        return streams.intValue();
    }

    void streamBegan() {
        streams.increment();
    }

    void streamEnded() {
        streams.decrement();
    }

    /** Number of requests that have been read and not answered to the end. */
    int calls() {
        return calls.get();
    }

    int connections() {
        return connections.size();
    }

    synchronized void add(RelayConsumer consumer, Transport transport, EventLoopGroup loops, int backlog)
            throws IOException {
        consumers.add(consumer);
        consumers.sort(Comparator.comparingInt((RelayConsumer c) -> -c.path().length())
                .thenComparing(c -> c.matchesPrefix() ? 1 : 0));
        if (listening == null) {
            try {
                listen(transport, loops, backlog);
            } catch (IOException e) {
                consumers.remove(consumer);
                throw e;
            }
        }
    }

    /** Returns true when that was the last one. */
    synchronized boolean remove(RelayConsumer consumer) {
        consumers.remove(consumer);
        return consumers.isEmpty();
    }

    /** Closes the port, and each connection as soon as it has no call; at once when calls have had their time before. */
    synchronized void close(Runnable afterwards) {
        boolean hadTheirTime = draining;
        stopListening();
        onLastConnection = afterwards;
        if (hadTheirTime) {
            closeNow();
        } else {
            closeIdle();
        }
        endWithoutConnections();
    }

    /** Any thread. */
    void closeNow() {
        connections.forEach(ServerConnection::closeNow);
    }

    private void endWithoutConnections() {
        Runnable afterwards = onLastConnection;
        if (afterwards != null && connections.isEmpty()) {
            tickers.forEach(ticker -> ticker.cancel(false));
            afterwards.run();
        }
    }

    private void listen(Transport transport, EventLoopGroup loops, int backlog) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, backlog)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new StrictRequestDecoder(limits))
                                .addLast(new AnswerEncoder())
                                .addLast(new ServerConnection(RelayServer.this));
                    }
                });
        var bound = bootstrap.bind(host, port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "Cannot listen on " + host + ":" + port + " ("
                            + bound.cause().getMessage() + "): stop what uses the port, or choose another",
                    bound.cause());
        }
        listening = bound.channel();
        for (var loop : loops) {
            tickers.add(loop.scheduleWithFixedDelay(() -> checkIdle((EventLoop) loop), 1, 1, TimeUnit.SECONDS));
        }
    }

    private void checkIdle(EventLoop loop) {
        long now = nowNanos();
        for (ServerConnection connection : connections) {
            if (connection.isOn(loop)) {
                connection.checkIdle(now);
            }
        }
    }

    /** The consumer for a request, by the longest path that fits. */
    RelayConsumer route(HttpRequest head) throws RequestRejected {
        String path = RequestTarget.path(head.uri());
        RelayConsumer wrongMethod = null;
        for (RelayConsumer consumer : consumers) {
            if (consumer.matches(path)) {
                if (consumer.allows(head.method())) {
                    return consumer;
                }
                wrongMethod = consumer;
            }
        }
        if (wrongMethod != null || HttpMethod.TRACE.equals(head.method()) || HttpMethod.CONNECT.equals(head.method())) {
            throw new RequestRejected(
                    RequestRejected.Kind.WRONG_METHOD,
                    "method_not_allowed",
                    "The method " + head.method().name() + " is not allowed here",
                    null);
        }
        throw new RequestRejected(
                RequestRejected.Kind.UNKNOWN_PATH, "unknown_path", "Nothing is served at this path", null);
    }

    /** What the consumers at {@code path} take, for a 405's Allow header. */
    String allowedMethods(String path) {
        Set<String> allowed = new LinkedHashSet<>();
        for (RelayConsumer consumer : consumers) {
            if (consumer.matches(path)) {
                allowed.addAll(consumer.methods() == null ? ANY_METHOD : consumer.methods());
            }
        }
        return String.join(", ", allowed);
    }

    void opened(ServerConnection connection) {
        connections.add(connection);
        if (onLastConnection != null) {
            connection.closeIfIdle(); // came as the port was closed
        }
    }

    void closed(ServerConnection connection) {
        connections.remove(connection);
        endWithoutConnections();
    }

    void began(ServerCall call) {
        calls.incrementAndGet();
        call.onEnd(calls::decrementAndGet);
    }

    void refused(ServerCall call, RefusedRequest request, MehariFailure failure) {
        refusals.get().refused(call, request, failure);
    }

    void connectionFailed(Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("A connection was closed because its handling failed", cause);
        }
    }

    synchronized void stopListening() {
        draining = true;
        if (listening != null) {
            listening.close().awaitUninterruptibly();
            listening = null;
        }
    }

    /** Closes idle connections, so that only those with a call are left. */
    void closeIdle() {
        connections.forEach(ServerConnection::closeIfIdle);
    }

    void breakOff(MehariFailure why) {
        connections.forEach(connection -> connection.breakOffSoon(why));
    }

    /** Knows that the answer to a HEAD request has no body whatever its headers say. */
    private static final class AnswerEncoder extends HttpResponseEncoder {
        @Override
        protected boolean isContentAlwaysEmpty(HttpResponse response) {
            return response instanceof BodilessAnswer || super.isContentAlwaysEmpty(response);
        }
    }
}
