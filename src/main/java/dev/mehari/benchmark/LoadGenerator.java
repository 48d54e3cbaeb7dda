package dev.mehari.benchmark;

import dev.mehari.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes the load of a plan and measures what comes of it. Each run has a thread of its own; the caller waits. */
public final class LoadGenerator {
    private static final int CONNECT_TIMEOUT_MILLIS = 5000;

    private final Consumer<Progress> listener;

    /** Creates a generator that tells {@code listener} once a second, on its own thread, how far it is. */
    public LoadGenerator(Consumer<Progress> listener) {
        this.listener = listener;
    }

    /**
     * Sends {@code request} as {@code plan} says and returns when every answer has come or timed out.
     *
     * @throws TargetUnreachable when no connection can be made before the run
     */
    public LoadReport run(LoadPlan plan, RequestTemplate request) throws InterruptedException {
        InetSocketAddress target = reach(request);
        Transport transport = Transport.best();
        EventLoopGroup loops = transport.newLoops(1, "mehari-benchmark");
        try {
            Bootstrap bootstrap = new Bootstrap()
                    .group(loops)
                    .channel(transport.clientChannel())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                    .remoteAddress(target);
            LoadRun run = new LoadRun(plan, request, tls(request), bootstrap, loops.next(), System::nanoTime, listener);
            return run.start().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The run broke off", e.getCause());
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private static InetSocketAddress reach(RequestTemplate request) {
        String host = request.url().getHost();
        InetSocketAddress target = new InetSocketAddress(host, request.port());
        if (target.isUnresolved()) {
            throw new TargetUnreachable("The host " + host + " is not known. Check --url.");
        }
        try (Socket probe = new Socket()) {
            probe.connect(target, CONNECT_TIMEOUT_MILLIS);
            return target;
        } catch (IOException e) {
            throw new TargetUnreachable(
                    "Cannot connect to " + host + ":" + request.port() + ": " + ConnectFailures.describe(e)
                            + ". Is it running, and is --url right?",
                    e);
        }
    }

    private static @Nullable SslContext tls(RequestTemplate request) {
        if (!request.isSecure()) {
            return null;
        }
        try {
            return SslContextBuilder.forClient().build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }
}
