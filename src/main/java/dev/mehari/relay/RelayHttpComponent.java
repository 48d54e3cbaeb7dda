package dev.mehari.relay;

import dev.mehari.answer.FailureAnswers;
import dev.mehari.config.RelayLimits;
import dev.mehari.failure.MehariFailure;
import dev.mehari.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.http.NettyHttpComponent;
import org.apache.camel.component.netty.http.NettyHttpEndpoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code netty-http} endpoints; bound under that name it replaces Camel's own component. Holds the listening
 * ports and the upstream connections of all its endpoints on one group of event loops.
 */
public final class RelayHttpComponent extends NettyHttpComponent {
    public static final String REQUEST_ID_HEADER = "X-Request-Id";
    public static final String QUEUE_MS_HEADER = "X-Mehari-Queue-Ms";
    /** How often an upstream was asked, or was to be; only there when more than once. */
    public static final String ATTEMPTS_HEADER = "X-Mehari-Attempts";

    private static final Logger LOG = LoggerFactory.getLogger(RelayHttpComponent.class);
    private static final int MAX_TARGETS = 10_000;

    private final Transport transport;
    private final EventLoopGroup loops;
    private final RelayLimits limits;
    private final PoolSettings pool;
    private final FailureAnswers failureAnswers;
    private final LongSupplier nanos;
    private final Map<String, RelayServer> servers = new ConcurrentHashMap<>();
    /** No route begins there any more, and calls have still to end. */
    private final Set<RelayServer> closing = ConcurrentHashMap.newKeySet();

    private final IdentityHashMap<EventExecutor, UpstreamPool> pools = new IdentityHashMap<>();
    private volatile RefusalListener refusals = (call, request, failure) -> {};
    private Function<Exchange, @Nullable UpstreamLocation> chosenUpstream = exchange -> null;
    private final Map<UpstreamLocation, RelayTarget> chosenTargets = new ConcurrentHashMap<>();
    private final UpstreamTls tls = new UpstreamTls(this::getCamelContext);

    /**
     * @param loops the event loops of all connections, made by {@code transport}; closed by whoever made them
     * @param maxUpstreamConnections per address, shared out evenly between the event loops, at least one to each; 0 for
     *     no bound
     * @param nanos as {@link System#nanoTime}
     */
    public RelayHttpComponent(
            Transport transport,
            EventLoopGroup loops,
            RelayLimits limits,
            int maxUpstreamConnections,
            Duration maxUpstreamIdle,
            FailureAnswers failureAnswers,
            LongSupplier nanos) {
        this.transport = transport;
        this.loops = loops;
        this.limits = limits;
        this.failureAnswers = failureAnswers;
        this.nanos = nanos;
        int loopCount = 0;
        for (EventExecutor unused : loops) {
            loopCount++;
        }
        int perLoop = maxUpstreamConnections == 0 ? Integer.MAX_VALUE : Math.max(1, maxUpstreamConnections / loopCount);
        pool = new PoolSettings(perLoop, maxUpstreamIdle, 256 * 1024, 1024 * 1024);
        for (EventExecutor loop : loops) {
            pools.put(loop, new UpstreamPool((EventLoop) loop, transport, pool, nanos));
        }
        getConfiguration().setUsingExecutorService(false);
        setMuteException(true);
    }

    /** Tells {@code listener} of requests that are refused before a route sees them. */
    public void onRefusal(RefusalListener listener) {
        refusals = listener;
    }

    /** Lets a feature choose where a request goes; null from it means the endpoint's own address. */
    public void chooseUpstreamBy(Function<Exchange, @Nullable UpstreamLocation> choice) {
        chosenUpstream = choice;
    }

    /**
     * Sets up what calls to {@code locations} need, which for TLS takes too long for an event loop. What cannot be set up is
     * logged, and fails calls to it. Blocks.
     */
    public void prepare(Collection<UpstreamLocation> locations) {
        for (UpstreamLocation location : locations) {
            try {
                if (!isPrepared(location)) {
                    target(location);
                }
            } catch (IllegalStateException unusable) {
                LOG.warn("Calls to {} will fail", location.host(), unusable);
            }
        }
    }

    boolean isPrepared(UpstreamLocation location) {
        return chosenTargets.containsKey(location);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        RelayOptions options = RelayOptions.take(uri, parameters);
        return new RelayEndpoint((NettyHttpEndpoint) super.createEndpoint(uri, remaining, parameters), this, options);
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        UnconvertibleStream.addTo(getCamelContext().getTypeConverterRegistry());
    }

    UpstreamTls tls() {
        return tls;
    }

    long nowNanos() {
        return nanos.getAsLong();
    }

    EventLoop anyLoop() {
        return loops.next();
    }

    UpstreamPool pool(EventLoop loop) {
        return java.util.Objects.requireNonNull(pools.get(loop));
    }

    @Nullable
    RelayTarget targetOf(Exchange exchange) {
        UpstreamLocation chosen = chosenUpstream.apply(exchange);
        if (chosen == null) {
            return null;
        }
        RelayTarget known = chosenTargets.get(chosen);
        return known != null ? known : target(chosen);
    }

    private RelayTarget target(UpstreamLocation chosen) {
        if (chosenTargets.size() >= MAX_TARGETS) {
            chosenTargets.clear(); // of upstreams that were changed or removed; those in use come again
        }
        try {
            RelayTarget target = chosen.target(chosen.tls() ? tls().context(chosen.trust()) : null);
            chosenTargets.put(chosen, target);
            return target;
        } catch (Exception e) {
            throw new IllegalStateException("TLS towards " + chosen.host() + " cannot be set up", e);
        }
    }

    RelayServer serve(RelayConsumer consumer) throws IOException {
        RelayEndpoint endpoint = (RelayEndpoint) consumer.getEndpoint();
        String host = endpoint.getConfiguration().getHost();
        int port = endpoint.getConfiguration().getPort();
        RelayServer server = servers.computeIfAbsent(
                host + ":" + port, key -> new RelayServer(host, port, limits, failureAnswers, () -> refusals, nanos));
        int backlog = endpoint.getConfiguration().getBacklog();
        server.add(consumer, transport, loops, backlog > 0 ? backlog : 4096);
        return server;
    }

    void withdraw(RelayConsumer consumer) {
        for (RelayServer server : servers.values()) {
            if (server.remove(consumer)) {
                closing.add(server);
                servers.values().remove(server);
                server.close(() -> closing.remove(server));
            }
        }
    }

    private Stream<RelayServer> allServers() {
        return Stream.concat(servers.values().stream(), closing.stream());
    }

    /** Requests that have been read and not answered to the end, on all ports. */
    public int callsUnderWay() {
        return allServers().mapToInt(RelayServer::calls).sum();
    }

    /** Event streams that clients are being sent, on all ports. */
    public int openStreams() {
        return allServers().mapToInt(RelayServer::streams).sum();
    }

    /**
     * The port behind {@code host:port} of a route's address, which is another one where that is 0. Where no route begins there,
     * any that is listened on; -1 when none is.
     */
    public int port(String host, int port) {
        RelayServer server = servers.get(host + ":" + port);
        return server == null ? ports().stream().findFirst().orElse(-1) : server.port();
    }

    /** The ports that are listened on. */
    public List<Integer> ports() {
        return servers.values().stream().map(RelayServer::port).toList();
    }

    public int clientConnections() {
        return allServers().mapToInt(RelayServer::connections).sum();
    }

    public int upstreamConnections() {
        return pools().stream().mapToInt(UpstreamPool::openConnections).sum();
    }

    public int idleUpstreamConnections() {
        return pools().stream().mapToInt(UpstreamPool::idleConnections).sum();
    }

    private Collection<UpstreamPool> pools() {
        return pools.values();
    }

    /** Closes the ports, and each connection as soon as it has no call. */
    public void stopAccepting() {
        allServers().forEach(RelayServer::stopListening);
        allServers().forEach(RelayServer::closeIdle);
    }

    /** Ends what is still under way: an error event in a stream, a refusal before it. */
    public void breakOff(MehariFailure why) {
        allServers().forEach(server -> server.breakOff(why));
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        allServers().forEach(RelayServer::closeNow);
        pools.values().forEach(UpstreamPool::close);
    }
}
