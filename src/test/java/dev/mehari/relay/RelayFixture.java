package dev.mehari.relay;

import dev.mehari.answer.FailureAnswers;
import dev.mehari.config.ByteSize;
import dev.mehari.config.RelayLimits;
import io.netty.channel.EventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A context with the relay's component and nothing else of ours: one route from a port of its own to an upstream. */
final class RelayFixture implements AutoCloseable {
    static final RelayLimits LIMITS = limits(12_000_000, Duration.ofSeconds(30), Duration.ofSeconds(75));

    private final EventLoopGroup loops = Transport.eventLoops(2);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    final RelayHttpComponent relay;

    private RelayFixture(RelayLimits limits, int maxUpstreamConnections) {
        relay = new RelayHttpComponent(
                loops,
                limits,
                maxUpstreamConnections,
                Duration.ofSeconds(30),
                new FailureAnswers(),
                CallListener.NONE,
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
        String more = options.length == 0 ? "" : "&" + String.join("&", options);
        return with(limits, maxUpstreamConnections, new RouteBuilder() {
            @Override
            public void configure() {
                from("netty-http:http://127.0.0.1:0?matchOnUriPrefix=true")
                        .process(exchange -> {
                            dev.mehari.exchange.Call call = dev.mehari.exchange.Call.of(exchange);
                            call.onStreamFailure(failure -> ("data: {\"error\":\""
                                            + failure.getClass().getSimpleName() + "\"}\n\n")
                                    .getBytes(StandardCharsets.UTF_8));
                        })
                        .to("netty-http:http://127.0.0.1:" + upstreamPort + "?throwExceptionOnFailure=false" + more);
            }
        });
    }

    static RelayFixture with(RelayLimits limits, int maxUpstreamConnections, RouteBuilder routes) throws Exception {
        RelayFixture fixture = new RelayFixture(limits, maxUpstreamConnections);
        fixture.camel.addRoutes(routes);
        fixture.camel.getShutdownStrategy().setTimeout(1);
        fixture.camel.getShutdownStrategy().setShutdownNowOnTimeout(true);
        fixture.camel.start();
        return fixture;
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
