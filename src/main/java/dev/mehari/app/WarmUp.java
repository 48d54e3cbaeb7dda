package dev.mehari.app;

import dev.mehari.admission.WaitObserver;
import dev.mehari.benchmark.LoadGenerator;
import dev.mehari.benchmark.LoadPlan;
import dev.mehari.benchmark.RequestTemplate;
import dev.mehari.benchmark.SampleRequests;
import dev.mehari.caller.AdmitAnyone;
import dev.mehari.config.ListenConfig;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.relay.RelayHttpComponent;
import dev.mehari.relay.UpstreamLocation;
import dev.mehari.simulator.SimulatedUpstream;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests of our own through the whole data path before the gateway reports ready, since code that is not compiled
 * yet takes ten times as long and fails under the first burst. They are known by a request id that nobody can guess, go to
 * a simulated upstream of their own, need no key and are not counted; once the warm-up is over, that id means nothing.
 */
final class WarmUp {
    /** Name of the upstream that our requests go to; none that is stored can be called so. */
    static final String UPSTREAM = "(warm-up)";

    private static final int CONNECTIONS = 8;
    private static final String PATH = "/v1/chat/completions";

    private final String requestId;
    private volatile boolean over;
    private volatile @Nullable UpstreamLocation upstream;

    WarmUp(SecureRandom random) {
        byte[] secret = new byte[16];
        random.nextBytes(secret);
        requestId = "warm-up-" + HexFormat.of().formatHex(secret);
    }

    /** True for a request of ours, while the warm-up lasts. */
    boolean isOurs(Exchange exchange) {
        return !over && requestId.equals(exchange.getProperty(ExchangeKeys.REQUEST_ID));
    }

    /** Where a request of ours goes; null for any other. */
    @Nullable
    UpstreamLocation location(Exchange exchange) {
        return isOurs(exchange) ? upstream : null;
    }

    /** {@code counting}, but not for requests of ours. */
    Processor uncounted(Processor counting) {
        return exchange -> {
            if (!isOurs(exchange)) {
                counting.process(exchange);
            }
        };
    }

    /** {@code hearing}, but not before the warm-up is over. */
    WaitObserver unheard(WaitObserver hearing) {
        return (nanos, admitted) -> {
            if (over) {
                hearing.waited(nanos, admitted);
            }
        };
    }

    /** {@code identifying}, but requests of ours need no key. */
    AsyncProcessor admitted(AsyncProcessor identifying) {
        AdmitAnyone anyone = new AdmitAnyone();
        return new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                if (!isOurs(exchange)) {
                    return identifying.process(exchange, callback);
                }
                try {
                    anyone.process(exchange);
                } catch (Exception e) {
                    exchange.setException(e);
                }
                callback.done(true);
                return true;
            }
        };
    }

    /** Runs on the data port at {@code host} for {@code time}: half of it streams; not at all when it is zero. */
    void run(String host, int port, Duration time) throws InterruptedException {
        if (time.isZero()) {
            over = true;
            return;
        }
        Duration half = time.dividedBy(2);
        try (SimulatedUpstream simulated = SimulatedUpstream.start()) {
            upstream = new UpstreamLocation(false, "127.0.0.1", simulated.port(), "");
            send(host, port, false, half);
            send(host, port, true, half);
        } finally {
            over = true;
            upstream = null;
        }
    }

    private void send(String host, int port, boolean stream, Duration time) throws InterruptedException {
        Optional<String> body = SampleRequests.bodyFor(PATH, stream);
        Map<String, String> headers =
                Map.of("Content-Type", "application/json", RelayHttpComponent.REQUEST_ID_HEADER, requestId);
        RequestTemplate request = RequestTemplate.of(
                URI.create("http://" + ListenConfig.reachable(host) + ":" + port + PATH),
                "POST",
                headers,
                body.orElse("{}"));
        LoadPlan plan = new LoadPlan(CONNECTIONS, 0, time, 0, Duration.ofSeconds(5), stream);
        var unused = new LoadGenerator(progress -> {}).run(plan, request);
    }
}
