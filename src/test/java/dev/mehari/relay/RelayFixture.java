package dev.mehari.relay;

import dev.mehari.answer.FailureAnswers;
import dev.mehari.config.ByteSize;
import dev.mehari.config.RelayLimits;
import dev.mehari.relay.UpstreamLocation.TimeLimits;
import dev.mehari.relay.UpstreamLocation.TlsTrust;
import dev.mehari.transport.Transport;
import io.netty.channel.EventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A context with the relay's component and nothing else of ours: one route from a port of its own to an upstream. */
final class RelayFixture implements AutoCloseable {
    static final RelayLimits LIMITS = limits(12_000_000, Duration.ofSeconds(30), Duration.ofSeconds(75));
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final EventLoopGroup loops;
    private final DefaultCamelContext camel = new DefaultCamelContext();
    final RelayHttpComponent relay;

    private RelayFixture(int loopCount, RelayLimits limits, int maxUpstreamConnections, Duration maxUpstreamIdle) {
        Transport transport = Transport.best();
        loops = transport.newLoops(loopCount, "mehari-io");
        relay = new RelayHttpComponent(
                transport,
                loops,
                limits,
                maxUpstreamConnections,
                maxUpstreamIdle,
                new FailureAnswers(),
                System::nanoTime);
        camel.addComponent("netty-http", relay);
        camel.disableJMX();
    }

    static RelayLimits limits(long maxBody, Duration requestIdle, Duration keepAlive) {
        return new RelayLimits(
                new ByteSize(maxBody), new ByteSize(32 * 1024), new ByteSize(8 * 1024), requestIdle, keepAlive);
    }

    /** A route that relays everything to {@code upstreamPort}. */
    static RelayFixture to(int upstreamPort, String... options) throws Exception {
        return to(LIMITS, 0, upstreamPort, options);
    }

    static RelayFixture to(RelayLimits limits, int maxUpstreamConnections, int upstreamPort, String... options)
            throws Exception {
        return with(limits, maxUpstreamConnections, relaying("127.0.0.1:" + upstreamPort, options));
    }

    /** All connections share one event loop, and {@code maxUpstreamConnections} (0 for no bound). */
    static RelayFixture onOneLoop(int maxUpstreamConnections, int upstreamPort) throws Exception {
        return new RelayFixture(1, LIMITS, maxUpstreamConnections, IDLE).run(relaying("127.0.0.1:" + upstreamPort));
    }

    static RelayFixture on(int loops, int maxUpstreamConnections, int upstreamPort, String... options)
            throws Exception {
        return new RelayFixture(loops, LIMITS, maxUpstreamConnections, IDLE)
                .run(relaying("127.0.0.1:" + upstreamPort, options));
    }

    /** A route to an upstream with base path {@code /base} behind a forward proxy. */
    static RelayFixture through(String proxyHost, int proxyPort, String host, int port, String... options)
            throws Exception {
        RelayFixture fixture = prepared();
        UpstreamLocation upstream = new UpstreamLocation(
                false, host, port, "/base", proxyHost, proxyPort, TlsTrust.JVM, TimeLimits.ENDPOINTS);
        fixture.relay.chooseUpstreamBy(exchange -> upstream);
        return fixture.run(relaying("127.0.0.1:1", options));
    }

    static RelayFixture idlingAtMost(Duration maxUpstreamIdle, int upstreamPort) throws Exception {
        return new RelayFixture(2, LIMITS, 0, maxUpstreamIdle).run(relaying("127.0.0.1:" + upstreamPort));
    }

    /** A route that relays everything to {@code authority}, with {@code https://} before it for TLS. */
    static RelayFixture toAddress(String authority, String... options) throws Exception {
        return with(LIMITS, 0, relaying(authority, options));
    }

    static RouteBuilder relaying(String authority, String... options) {
        String more = options.length == 0 ? "" : "&" + String.join("&", options);
        String address = authority.contains("://") ? authority : "http://" + authority;
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("netty-http:http://127.0.0.1:0?matchOnUriPrefix=true")
                        .process(exchange -> {
                            dev.mehari.exchange.Call call = dev.mehari.exchange.Call.of(exchange);
                            call.onStreamFailure(failure -> ("data: {\"error\":\""
                                            + failure.getClass().getSimpleName() + "\"}\n\n")
                                    .getBytes(StandardCharsets.UTF_8));
                        })
                        .to("netty-http:" + address + "?throwExceptionOnFailure=false" + more);
            }
        };
    }

    static RelayFixture with(RelayLimits limits, int maxUpstreamConnections, RouteBuilder routes) throws Exception {
        return new RelayFixture(2, limits, maxUpstreamConnections, IDLE).run(routes);
    }

    /** Not started yet; see {@link #run}. */
    static RelayFixture prepared() {
        return new RelayFixture(2, LIMITS, 0, IDLE);
    }

    RelayFixture run(RouteBuilder routes) throws Exception {
        camel.addRoutes(routes);
        camel.getShutdownStrategy().setTimeout(1);
        camel.getShutdownStrategy().setShutdownNowOnTimeout(true);
        camel.start();
        return this;
    }

    DefaultCamelContext camel() {
        return camel;
    }

    int port() {
        return relay.ports().iterator().next();
    }

    @Override
    public void close() {
        camel.stop();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
