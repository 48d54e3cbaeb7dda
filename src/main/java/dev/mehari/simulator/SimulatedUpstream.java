package dev.mehari.simulator;

import dev.mehari.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A running simulated LLM API. Every method may be called from any thread. */
public final class SimulatedUpstream implements AutoCloseable {
    private static final int BACKLOG = 4096;
    private static final int LARGEST_CHUNK = 1024 * 1024;

    private final EventLoopGroup loops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Map<EventLoop, SimulatorLoop> loopStates = new ConcurrentHashMap<>();
    private final SimulatorCounters counters = new SimulatorCounters();
    private final SimulatorSettings settings;
    private final Simulation simulation;
    private final SplittableRandom random;
    private final LongSupplier nanos;
    private final Channel listener;

    private SimulatedUpstream(SimulatorSettings settings, Clock clock, LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
        simulation = new Simulation(settings, clock, counters);
        random = new SplittableRandom(settings.seed());
        Transport transport = Transport.best();
        loops = transport.newLoops(settings.eventLoops(), "simulated-upstream");
        listener = listen(transport);
    }

    /** Starts with the system's clock; throws {@link java.net.BindException} unchecked when the port is taken. */
    public static SimulatedUpstream start(SimulatorSettings settings) {
        return new SimulatedUpstream(settings, Clock.systemUTC(), System::nanoTime);
    }

    /** Starts on a free port of the loopback interface, answering at once and never failing. */
    public static SimulatedUpstream start() {
        return start(SimulatorSettings.DEFAULT);
    }

    /** Starts with another clock for times in answers and for the rate limit. Latencies stay real time. */
    static SimulatedUpstream start(SimulatorSettings settings, Clock clock) {
        return new SimulatedUpstream(settings, clock, System::nanoTime);
    }

    private Channel listen(Transport transport) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connections.add(channel);
                        HttpDecoderConfig decoder = new HttpDecoderConfig()
                                .setMaxChunkSize(LARGEST_CHUNK)
                                .setMaxHeaderSize(64 * 1024)
                                .setValidateHeaders(false);
                        channel.pipeline()
                                .addLast(new HttpRequestDecoder(decoder))
                                .addLast(new SimulatorConnection(stateOf(channel.eventLoop())));
                    }
                });
        try {
            return bootstrap
                    .bind(settings.host(), settings.port())
                    .syncUninterruptibly()
                    .channel();
        } catch (Throwable e) {
            shutDown();
            throw e;
        }
    }

    private SimulatorLoop stateOf(EventLoop loop) {
        return loopStates.computeIfAbsent(
                loop, added -> new SimulatorLoop(simulation, counters, split(), new RecentAnswers(), nanos));
    }

    private synchronized SplittableRandom split() {
        return random.split();
    }

    /** Returns the port that it listens on. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Returns {@code http://host:port}, without a path. */
    public URI uri() {
        return URI.create("http://" + settings.host() + ":" + port());
    }

    /** Returns what it has seen until now. */
    public SimulatorStats stats() {
        return counters.snapshot();
    }

    /** Waits until {@link #close()} is called. */
    public void awaitClose() throws InterruptedException {
        listener.closeFuture().sync();
    }

    /** Stops listening, drops every connection and waits until the threads have gone. Again, it does nothing. */
    @Override
    public void close() {
        if (loops.isShuttingDown()) {
            return;
        }
        listener.close().syncUninterruptibly();
        connections.close().awaitUninterruptibly();
        shutDown();
    }

    private void shutDown() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
