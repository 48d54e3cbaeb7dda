package dev.mehari.relay;

import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.UpstreamUnreachable;
import dev.mehari.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the upstream connections of one event loop, step by step: name, TCP, tunnel through a proxy, TLS. It sets no
 * timers of its own: whoever asked gives up on a connection that takes too long by closing it.
 */
final class UpstreamConnector {
    private static final HttpDecoderConfig ANSWERS = new HttpDecoderConfig()
            .setMaxInitialLineLength(16 * 1024)
            .setMaxHeaderSize(128 * 1024)
            .setMaxChunkSize(64 * 1024);

    private final EventLoop loop;
    private final DnsAddressResolverGroup names;
    private final Bootstrap bootstrap;

    UpstreamConnector(EventLoop loop, Transport transport) {
        this.loop = loop;
        // The JDK's resolver would block the event loop.
        names = new DnsAddressResolverGroup(
                transport.datagramChannel(), DnsServerAddressStreamProviders.platformDefault());
        bootstrap = new Bootstrap()
                .group(loop)
                .channel(transport.clientChannel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .resolver(names);
    }

    /** Calls {@code then} on the event loop: with null once {@code connection} can take a request, or with what failed. */
    void connect(UpstreamAddress address, UpstreamConnection connection, Consumer<@Nullable Throwable> then) {
        if (address.proxy() == null) {
            open(bootstrap.clone(), address, null, connection, then);
            return;
        }
        names.getResolver(loop).resolve(address.proxy()).addListener((Future<InetSocketAddress> found) -> {
            if (found.isSuccess()) {
                // The proxy looks the upstream's name up.
                open(bootstrap.clone().disableResolver(), address, found.getNow(), connection, then);
            } else {
                then.accept(found.cause());
            }
        });
    }

    private static void open(
            Bootstrap connecting,
            UpstreamAddress address,
            @Nullable SocketAddress proxy,
            UpstreamConnection connection,
            Consumer<@Nullable Throwable> then) {
        connecting
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        addHandlers(channel, address, proxy, connection);
                    }
                })
                .connect(InetSocketAddress.createUnresolved(address.host(), address.port()))
                .addListener((Future<Void> connected) -> {
                    if (connected.isSuccess()) {
                        whenTunnelled(connection.channel(), then);
                    } else {
                        then.accept(connected.cause());
                    }
                });
    }

    private static void addHandlers(
            Channel channel, UpstreamAddress address, @Nullable SocketAddress proxy, UpstreamConnection connection) {
        if (proxy != null) {
            HttpProxyHandler tunnel = new HttpProxyHandler(proxy);
            tunnel.setConnectTimeoutMillis(0);
            channel.pipeline().addLast(tunnel);
        }
        if (address.tls() != null) {
            SslHandler tls = address.tls().newHandler(channel.alloc(), address.host(), address.port());
            tls.setHandshakeTimeoutMillis(0);
            channel.pipeline().addLast(tls);
        }
        channel.pipeline().addLast(new UpstreamCodec(ANSWERS), connection);
    }

    private static void whenTunnelled(Channel channel, Consumer<@Nullable Throwable> then) {
        HttpProxyHandler tunnel = channel.pipeline().get(HttpProxyHandler.class);
        if (tunnel == null) {
            whenSecure(channel, then);
        } else {
            tunnel.connectFuture().addListener(open -> {
                if (open.isSuccess()) {
                    whenSecure(channel, then);
                } else {
                    then.accept(open.cause());
                }
            });
        }
    }

    private static void whenSecure(Channel channel, Consumer<@Nullable Throwable> then) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            then.accept(null);
        } else {
            tls.handshakeFuture().addListener(shaken -> then.accept(shaken.isSuccess() ? null : shaken.cause()));
        }
    }

    /** Words for why no connection came to be; they name no host. */
    static MehariFailure explain(Throwable failure) {
        if (failure instanceof MehariFailure told) {
            return told;
        }
        if (failure instanceof SSLException) {
            return new UpstreamUnreachable(
                    "No secure connection to the upstream could be made: its certificate or its TLS is not acceptable",
                    failure);
        }
        if (failure instanceof UnknownHostException) {
            return new UpstreamUnreachable("The upstream's name cannot be resolved", failure);
        }
        if (failure instanceof ProxyConnectException) {
            return new UpstreamUnreachable("The proxy on the way to the upstream did not connect", failure);
        }
        return new UpstreamUnreachable("The upstream cannot be reached", failure);
    }

    void close() {
        names.close();
    }
}
