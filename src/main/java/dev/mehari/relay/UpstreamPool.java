package dev.mehari.relay;

import dev.mehari.failure.ClientGone;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.failure.UpstreamUnreachable;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The upstream connections of one event loop. Used on that loop only, so it needs no lock; a request never leaves the
 * loop of the client it is for. Where the number of connections per address is bounded, each loop has its share of it,
 * and requests beyond it wait in order for a connection to come free.
 */
final class UpstreamPool {
    /** Connections to one address. */
    static final class Host {
        private final UpstreamAddress address;
        private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
        private final ArrayDeque<UpstreamRequest> waiting = new ArrayDeque<>();
        private int open;

        private Host(UpstreamAddress address) {
            this.address = address;
        }
    }

    private static final long TICK_MILLIS = 100;

    private final EventLoop loop;
    private final PoolSettings settings;
    private final LongSupplier nanos;
    private final Bootstrap bootstrap;
    private final Map<UpstreamAddress, Host> hosts = new HashMap<>();
    private final Set<UpstreamConnection> connections = new LinkedHashSet<>();
    private final ScheduledFuture<?> ticker;
    private final LongAdder open = new LongAdder();
    private final LongAdder idle = new LongAdder();

    UpstreamPool(EventLoop loop, EventLoopGroup loops, PoolSettings settings, LongSupplier nanos) {
        this.loop = loop;
        this.settings = settings;
        this.nanos = nanos;
        bootstrap = new Bootstrap()
                .group(loop)
                .channel(Transport.clientChannel(loops))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                // The JDK's resolver would block the event loop.
                .resolver(new DnsAddressResolverGroup(
                        Transport.datagramChannel(loops), DnsServerAddressStreamProviders.platformDefault()));
        ticker = loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    long nowNanos() {
        return nanos.getAsLong();
    }

    int maxGathered() {
        return settings.maxGatheredBytes();
    }

    int maxWhole() {
        return settings.maxWholeBytes();
    }

    long maxIdleNanos() {
        return settings.maxIdle().toNanos();
    }

    /** Any thread. */
    int openConnections() {
        return open.intValue();
    }

    /** Any thread. */
    int idleConnections() {
        return idle.intValue();
    }

    /** Any thread. */
    void submit(UpstreamAddress address, UpstreamRequest request) {
        if (loop.inEventLoop()) {
            submit(hosts.computeIfAbsent(address, Host::new), request);
        } else {
            loop.execute(() -> submit(address, request));
        }
    }

    private void submit(Host host, UpstreamRequest request) {
        if (request.call() != null && request.call().isClientGone()) {
            request.fail(new ClientGone());
            return;
        }
        UpstreamConnection connection;
        while ((connection = host.idle.pollLast()) != null) {
            idle.decrement();
            if (connection.isUsable()) {
                connection.start(request);
                return;
            }
        }
        if (host.open < settings.maxPerLoop()) {
            connect(host, request);
        } else {
            waitForConnection(host, request);
        }
    }

    /** Sends {@code request} on a new connection, for a pooled one has failed it. */
    void submitFresh(Host host, UpstreamRequest request) {
        connect(host, request);
    }

    private void waitForConnection(Host host, UpstreamRequest request) {
        host.waiting.add(request);
        if (request.call() != null) {
            request.call()
                    .onClientGone(() -> loop.execute(() -> {
                        if (host.waiting.remove(request)) {
                            request.fail(new ClientGone());
                        }
                    }));
        }
    }

    private void connect(Host host, UpstreamRequest request) {
        UpstreamAddress address = host.address;
        long connectMillis = TimeUnit.NANOSECONDS.toMillis(request.timeouts().connectNanos());
        UpstreamConnection connection = new UpstreamConnection(this, host);
        host.open++;
        open.increment();
        connections.add(connection);
        if (request.call() != null) {
            request.call().onClientGone(() -> loop.execute(() -> request.fail(new ClientGone())));
        }
        Bootstrap connecting =
                address.proxy() == null ? bootstrap.clone() : bootstrap.clone().disableResolver();
        connecting
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(connectMillis, Integer.MAX_VALUE))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        addHandlers(channel, address, connectMillis, connection);
                    }
                })
                .connect(InetSocketAddress.createUnresolved(address.host(), address.port()))
                .addListener((Future<Void> connected) -> {
                    if (connected.isSuccess()) {
                        whenReady(connection.channel(), ready -> connected(host, connection, request, ready));
                    } else {
                        connected(host, connection, request, connected.cause());
                    }
                });
    }

    private static void addHandlers(
            Channel channel, UpstreamAddress address, long connectMillis, UpstreamConnection connection) {
        if (address.proxy() != null) {
            HttpProxyHandler proxy = new HttpProxyHandler(address.proxy());
            proxy.setConnectTimeoutMillis(connectMillis);
            channel.pipeline().addLast(proxy);
        }
        if (address.tls() != null) {
            SslHandler tls = address.tls().newHandler(channel.alloc(), address.host(), address.port());
            tls.setHandshakeTimeoutMillis(connectMillis);
            channel.pipeline().addLast(tls);
        }
        channel.pipeline().addLast(new HttpClientCodec(), connection);
    }

    /** Calls {@code then} with null once tunnel and TLS stand, or with what went wrong. */
    private static void whenReady(Channel channel, java.util.function.Consumer<@Nullable Throwable> then) {
        HttpProxyHandler proxy = channel.pipeline().get(HttpProxyHandler.class);
        if (proxy != null) {
            proxy.connectFuture().addListener(tunnel -> {
                if (tunnel.isSuccess()) {
                    whenSecure(channel, then);
                } else {
                    then.accept(tunnel.cause());
                }
            });
        } else {
            whenSecure(channel, then);
        }
    }

    private static void whenSecure(Channel channel, java.util.function.Consumer<@Nullable Throwable> then) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            then.accept(null);
        } else {
            tls.handshakeFuture().addListener(shaken -> then.accept(shaken.isSuccess() ? null : shaken.cause()));
        }
    }

    private void connected(
            Host host, UpstreamConnection connection, UpstreamRequest request, @Nullable Throwable failure) {
        if (failure != null) {
            if (connection.isConnected()) {
                connection.channel().close();
            }
            closed(host, connection);
            request.fail(
                    failure instanceof ConnectTimeoutException
                                    || failure instanceof SslHandshakeTimeoutException
                                    || isTimeout(failure)
                            ? UpstreamConnection.timeout(
                                    UpstreamTimeout.Stage.CONNECT,
                                    "No connection to the upstream could be made in time",
                                    request.timeouts().connectNanos())
                            : new UpstreamUnreachable("The upstream cannot be reached", failure));
        } else if (request.isTold()) {
            idle(host, connection);
        } else {
            connection.start(request);
        }
    }

    private static boolean isTimeout(Throwable failure) {
        return failure instanceof ProxyConnectException
                && String.valueOf(failure.getMessage()).contains("timeout");
    }

    /** {@code connection} may carry another request. */
    void idle(Host host, UpstreamConnection connection) {
        UpstreamRequest next;
        connection.pooled();
        while ((next = host.waiting.poll()) != null) {
            if (!next.isTold()) {
                connection.start(next);
                return;
            }
        }
        host.idle.addLast(connection);
        idle.increment();
    }

    void closed(Host host, UpstreamConnection connection) {
        if (!connections.remove(connection)) {
            return;
        }
        host.open--;
        open.decrement();
        if (host.idle.remove(connection)) {
            idle.decrement();
        }
        UpstreamRequest next = host.waiting.poll();
        if (next != null) {
            submit(host, next);
        }
    }

    private void tick() {
        long now = nowNanos();
        for (UpstreamConnection connection : new ArrayList<>(connections)) {
            if (connection.isConnected()) {
                connection.check(now);
            }
        }
        for (Host host : hosts.values()) {
            for (UpstreamRequest request : new ArrayList<>(host.waiting)) {
                long limit = request.timeouts().firstByteNanos();
                if (UpstreamConnection.isOver(limit, request.startedNanos(), now) && host.waiting.remove(request)) {
                    request.fail(UpstreamConnection.timeout(
                            UpstreamTimeout.Stage.FIRST_BYTE,
                            "No connection to the upstream came free in time",
                            limit));
                }
            }
        }
    }

    /** Any thread. */
    void close() {
        loop.execute(() -> {
            ticker.cancel(false);
            new ArrayList<>(connections)
                    .forEach(connection -> connection.channel().close());
        });
    }
}
