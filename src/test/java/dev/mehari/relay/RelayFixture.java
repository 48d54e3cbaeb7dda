package dev.mehari.relay;

import io.netty.channel.EventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A context with the relay's component and nothing else of ours: one route from a port of its own to an upstream. */
final class RelayFixture implements AutoCloseable {
    private final EventLoopGroup loops = Transport.eventLoops(2);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    final RelayHttpComponent relay;

    private RelayFixture(RelayLimits limits, int maxUpstreamConnections) {
        relay = new RelayHttpComponent(
                loops,
                limits,
                maxUpstreamConnections,
                Duration.ofSeconds(30),
                (failure, path, headers, id) -> new FailureAnswers.FailureAnswer(
                        status(failure),
                        Map.of("Content-Type", "application/json"),
                        ("{\"error\":\"" + failure + "\"}").getBytes(StandardCharsets.UTF_8)),
                CallListener.NONE,
                System::nanoTime);
        camel.addComponent("netty-http", relay);
        camel.disableJMX();
    }

    private static int status(Throwable failure) {
        if (failure instanceof dev.mehari.failure.RequestRejected rejected) {
            return switch (rejected.kind()) {
                case BODY_TOO_LARGE -> 413;
                case HEADERS_TOO_LARGE -> 431;
                case URI_TOO_LONG -> 414;
                case UNKNOWN_PATH -> 404;
                case WRONG_METHOD -> 405;
                case UNSUPPORTED -> 417;
                case TOO_SLOW -> 408;
                case MALFORMED -> 400;
            };
        }
        if (failure instanceof dev.mehari.failure.UpstreamTimeout) {
            return 504;
        }
        return failure instanceof dev.mehari.failure.GatewayBusy ? 503 : 502;
    }

    /** A route that relays everything to {@code upstreamPort}. */
    static RelayFixture to(int upstreamPort, String... options) throws Exception {
        return to(RelayLimits.DEFAULTS, 0, upstreamPort, options);
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
