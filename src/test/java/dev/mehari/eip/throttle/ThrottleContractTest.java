package dev.mehari.eip.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.eip.EipRoutes;
import dev.mehari.eip.Outcome;
import dev.mehari.eip.Parts;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.LoopCall;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same routes on Camel's throttler and on ours, and where Camel's would hold a thread. */
class ThrottleContractTest {
    private static final String REJECTING = "rejectExecution: true\ntimePeriodMillis: 600000\n";

    private static final Processor NOTHING = exchange -> {};

    private static EipRoutes ours() {
        return ours(System::nanoTime);
    }

    private static EipRoutes ours(LongSupplier nanos) {
        return new EipRoutes(Parts.MEHARI, nanos).bind("seen", NOTHING);
    }

    static Stream<List<String>> requests() {
        return Stream.of(
                List.of("constant: \"2\"", "a", "a", "a", "a"),
                List.of("constant: \"0\"", "a"),
                List.of("constant: \"-1\"", "a"),
                List.of("constant: \"many\"", "a"),
                List.of("header: nothing", "a"),
                List.of("header: limit", "1", "1", "3", "3", "3"),
                List.of("header: limit", "2", "", "", "x"),
                List.of("simple: \"${header.limit}\"", "2", "2", "2"),
                List.of("constant: \"1\"\ncorrelationExpression: {header: limit}", "a", "b", "a", "c", "b"),
                List.of("constant: \"1\"\ncorrelationExpression: {header: nothing}", "a"),
                List.of("constant: \"1\"\ndisabled: true", "a", "a"),
                List.of("constant: \"1\"\nasyncDelayed: true", "a", "a"));
    }

    // row 1
    @ParameterizedTest
    @MethodSource("requests")
    void rejects_like_camel(List<String> limitAndRequests) throws Exception {
        assertThat(rejecting(Parts.MEHARI, limitAndRequests)).isEqualTo(rejecting(Parts.CAMEL, limitAndRequests));
    }

    private static List<Outcome> rejecting(Parts parts, List<String> limitAndRequests) throws Exception {
        List<Outcome> seen = new ArrayList<>();
        try (EipRoutes routes =
                new EipRoutes(parts).bind("seen", NOTHING).start(route(REJECTING + limitAndRequests.get(0)))) {
            for (String request : limitAndRequests.subList(1, limitAndRequests.size())) {
                seen.add(Outcome.of(routes.send(exchange -> {
                    exchange.getMessage().setBody("request");
                    if (!request.isEmpty()) {
                        exchange.getMessage().setHeader("limit", request);
                    }
                })));
            }
        }
        return seen;
    }

    @Test
    void a_lowered_limit_refuses_at_once_where_camel_holds_the_thread_for_a_period() throws Exception {
        try (EipRoutes routes = ours().start(route(REJECTING + "header: limit"))) {
            for (int i = 0; i < 5; i++) {
                assertThat(send(routes, "5").getException()).isNull();
            }
            assertThat(send(routes, "2").getException())
                    .isInstanceOf(ThrottlerRejectedExecutionException.class)
                    .hasMessage("Exceeded the max throttle rate of 2 within 600000ms");
            assertThat(send(routes, "6").getException()).isNull();
            assertThat(send(routes, "6").getException()).isInstanceOf(ThrottlerRejectedExecutionException.class);
        }
    }

    @Test
    void a_limit_of_a_thousand_million_needs_no_memory_where_camel_runs_out_of_it() throws Exception {
        try (EipRoutes routes = ours().start(route(REJECTING + "constant: \"1000000000\""))) {
            assertThat(send(routes, "").getException()).isNull();
        }
    }

    // row 1
    @Test
    void lets_in_as_many_again_when_a_period_has_passed() throws Exception {
        AtomicLong nanos = new AtomicLong();
        try (EipRoutes routes = ours(nanos::get).start(route(REJECTING + "constant: \"50\""))) {
            assertThat(letIn(routes, 200)).isEqualTo(50);
            nanos.addAndGet(Duration.ofMinutes(10).toNanos() - 1);
            assertThat(letIn(routes, 200)).isZero();
            nanos.addAndGet(1);
            assertThat(letIn(routes, 200)).isEqualTo(50);
        }
    }

    private static long letIn(EipRoutes routes, int requests) {
        return Stream.generate(() -> send(routes, ""))
                .limit(requests)
                .filter(exchange -> exchange.getException() == null)
                .count();
    }

    @Test
    void no_limit_counts_nothing() throws Exception {
        try (EipRoutes routes = ours().start(route(REJECTING + "header: limit"))) {
            for (int i = 0; i < 100; i++) {
                assertThat(send(routes, "2147483647").getException()).isNull();
            }
            assertThat(send(routes, "1").getException()).isNull();
            assertThat(send(routes, "1").getException()).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "asyncDelayed: true\n", "callerRunsWhenRejected: false\n"})
    void delays_in_order_without_holding_a_thread(String options) throws Exception {
        List<Object> order = Collections.synchronizedList(new ArrayList<>());
        String throttle = options + "timePeriodMillis: 100\nsimple: \"${bean:limit}\"";
        AtomicReference<String> limit = new AtomicReference<>("0");
        ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
        try (EipRoutes routes = new EipRoutes(Parts.MEHARI)
                .bind("limit", new LiveLimit(limit))
                .bind("seen", (Processor) e -> order.add(e.getMessage().getBody()))) {
            routes.start(route(throttle));
            List<CompletableFuture<Exchange>> sent = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                sent.add(sendWithoutWaiting(routes, i, loop));
            }
            assertThat(order).isEmpty();
            long start = System.nanoTime();
            limit.set("2");
            for (CompletableFuture<Exchange> exchange : sent) {
                assertThat(exchange.get(10, TimeUnit.SECONDS).getException()).isNull();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
            assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        } finally {
            loop.shutdownNow();
        }
    }

    @Test
    void those_who_wait_go_on_when_the_limit_is_raised() throws Exception {
        String throttle = "timePeriodMillis: 300\nsimple: \"${bean:limit}\"";
        AtomicReference<String> limit = new AtomicReference<>("0");
        ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
        try (EipRoutes routes = ours().bind("limit", new LiveLimit(limit))) {
            routes.start(route(throttle));
            CompletableFuture<Exchange> waiting = sendWithoutWaiting(routes, 1, loop);
            assertThat(waiting).isNotDone();
            limit.set("1");
            assertThat(waiting.get(10, TimeUnit.SECONDS).getException()).isNull();
        } finally {
            loop.shutdownNow();
        }
    }

    /** A limit that is set while routes run. */
    public static final class LiveLimit {
        private final AtomicReference<String> limit;

        LiveLimit(AtomicReference<String> limit) {
            this.limit = limit;
        }

        public String now() {
            return limit.get();
        }
    }

    @Test
    void those_who_wait_when_the_route_stops_are_told() throws Exception {
        ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
        try (EipRoutes routes = ours()) {
            routes.start(route("timePeriodMillis: 600000\nconstant: \"1\""));
            send(routes, "");
            CompletableFuture<Exchange> waiting = sendWithoutWaiting(routes, 1, loop);
            routes.context().getShutdownStrategy().setTimeout(1);
            routes.context().stop();
            assertThat(waiting.get(10, TimeUnit.SECONDS).getException())
                    .isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
        } finally {
            loop.shutdownNow();
        }
    }

    @Test
    void a_transacted_exchange_fails_instead_of_waiting() throws Exception {
        try (EipRoutes routes = ours()) {
            routes.start(route("timePeriodMillis: 600000\nconstant: \"1\""));
            send(routes, "");
            Exchange exchange = routes.send(e -> e.getExchangeExtension().setTransacted(true));
            assertThat(exchange.getException()).hasMessageContaining("transacted");
        }
    }

    @Test
    void keys_that_are_idle_are_forgotten() throws Exception {
        AtomicLong nanos = new AtomicLong();
        try (EipRoutes routes = ours(nanos::get)) {
            routes.start(route(REJECTING + "constant: \"1\"\ncorrelationExpression: {header: limit}"));
            RollingThrottler throttler = routes.context().getProcessor("throttle", RollingThrottler.class);
            for (int i = 0; i < 1_000; i++) {
                send(routes, "key" + i);
            }
            throttler.evictIdleKeys();
            assertThat(throttler.keyCount()).isEqualTo(1_000);
            nanos.addAndGet(Duration.ofMinutes(10).toNanos());
            send(routes, "key7");
            throttler.evictIdleKeys();
            assertThat(throttler.keyCount()).isOne();
            assertThat(send(routes, "key7").getException()).isNotNull();
            assertThat(send(routes, "key8").getException()).isNull();
        }
    }

    @Test
    void concurrent_requests_are_refused_at_start() {
        try (EipRoutes routes = ours()) {
            assertThatThrownBy(() -> routes.start(route("mode: ConcurrentRequests\nconstant: \"1\"")))
                    .hasStackTraceContaining("mode ConcurrentRequests is not supported");
        }
    }

    @Test
    void has_the_mbean_of_camels_throttler() throws Exception {
        try (EipRoutes routes = ours()) {
            routes.start(route("rejectExecution: true\ntimePeriodMillis: 60000\nconstant: \"3\""));
            send(routes, "");
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ObjectName name = new ObjectName("org.apache.camel:context="
                    + routes.context().getManagementName() + ",type=processors,name=\"throttle\"");
            assertThat(server.getAttribute(name, "MaximumRequests")).isEqualTo(3L);
            assertThat(server.getAttribute(name, "TimePeriodMillis")).isEqualTo(60_000L);
            assertThat(server.getAttribute(name, "Mode")).isEqualTo("TotalRequests");
            server.setAttribute(name, new javax.management.Attribute("MaximumRequests", 1L));
            assertThat(send(routes, "").getException()).isInstanceOf(ThrottlerRejectedExecutionException.class);
        }
    }

    private static Exchange send(EipRoutes routes, String limit) {
        return routes.send(exchange -> exchange.getMessage().setHeader("limit", limit));
    }

    private static CompletableFuture<Exchange> sendWithoutWaiting(
            EipRoutes routes, Object body, ScheduledExecutorService loop) throws Exception {
        CompletableFuture<Exchange> done = new CompletableFuture<>();
        Exchange exchange = routes.context().getEndpoint("direct:in").createExchange();
        exchange.getMessage().setBody(body);
        exchange.setProperty(ExchangeKeys.CALL, new LoopCall(loop));
        var producer = routes.context().getEndpoint("direct:in").createAsyncProducer();
        producer.start();
        producer.process(exchange, sync -> done.complete(exchange));
        return done;
    }

    private static String route(String throttle) {
        return """
                - route:
                    id: limited
                    from:
                      uri: direct:in
                      steps:
                        - throttle:
                            id: throttle
                %s
                        - process:
                            ref: seen
                """.formatted(throttle.indent(12).stripTrailing());
    }
}
