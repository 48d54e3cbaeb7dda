package dev.mehari.eip.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.eip.EipRoutes;
import dev.mehari.eip.FakeStream;
import dev.mehari.eip.Parts;
import dev.mehari.eip.ScriptedUpstream;
import dev.mehari.eip.ScriptedUpstream.Ending;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.LoopCall;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads, timeouts, and what can be seen from outside. */
class BreakerAsyncTest {
    private final ScriptedUpstream upstream = new ScriptedUpstream(Ending.OTHER_THREAD);
    private final AtomicLong nanos = new AtomicLong();
    private final EipRoutes routes = new EipRoutes(Parts.MEHARI, nanos::get).bind("upstream", upstream);

    @AfterEach
    void stop() {
        routes.close();
    }

    @Test
    void five_thousand_exchanges_in_flight_hold_no_thread() throws Exception {
        routes.start(BreakerDifferencesTest.route("{timeoutEnabled: true, timeoutDuration: 600000}", ""));
        upstream.answers("answer").holding();
        ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
        LoopCall call = new LoopCall(loop);
        try {
            for (int i = 0; i < 10; i++) {
                var unused = upstreamBound(call);
            }
            int threadsAtTen = ManagementFactory.getThreadMXBean().getThreadCount();
            List<CompletableFuture<Exchange>> inFlight = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                inFlight.add(upstreamBound(call));
            }
            assertThat(upstream.held()).isEqualTo(5_010);
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threadsAtTen + 2);

            upstream.release();
            for (CompletableFuture<Exchange> exchange : inFlight) {
                assertThat(exchange.get(10, TimeUnit.SECONDS).getMessage().getBody())
                        .isEqualTo("answer");
            }
        } finally {
            loop.shutdownNow();
        }
    }

    private CompletableFuture<Exchange> upstreamBound(LoopCall call) throws Exception {
        CompletableFuture<Exchange> done = new CompletableFuture<>();
        Exchange exchange = routes.context().getEndpoint("direct:in").createExchange();
        exchange.setProperty(ExchangeKeys.CALL, call);
        var producer = routes.context().getEndpoint("direct:in").createAsyncProducer();
        producer.start();
        producer.process(exchange, sync -> done.complete(exchange));
        return done;
    }

    @Test
    void a_late_answer_changes_nothing_and_its_stream_is_discarded() throws Exception {
        FakeStream late = new FakeStream();
        upstream.answers(late).holding();
        routes.start(BreakerDifferencesTest.route(
                "{timeoutEnabled: true, timeoutDuration: 20}", "- setBody: {constant: fallback}\n"));
        Exchange exchange = routes.send(e -> e.getMessage().setBody("request"));
        upstream.release();
        assertThat(late.isDiscarded()).isTrue();
        assertThat(exchange.getMessage().getBody()).isEqualTo("fallback");
        assertThat(exchange.getMessage().getHeader("answered")).isNull();
        assertThat(routes.breaker().getMetrics().getNumberOfBufferedCalls()).isEqualTo(1);
    }

    @Test
    void steps_after_a_timeout_are_not_run_unless_asked_for() throws Exception {
        assertThat(stepsRunAfterTimeout(true)).isFalse();
        assertThat(stepsRunAfterTimeout(false)).isTrue();
    }

    private static boolean stepsRunAfterTimeout(boolean cancel) throws Exception {
        ScriptedUpstream upstream =
                new ScriptedUpstream(Ending.OTHER_THREAD).answers("late").holding();
        List<Object> ran = new ArrayList<>();
        try (EipRoutes routes = new EipRoutes(Parts.MEHARI).bind("upstream", upstream)) {
            routes.bind("next", (org.apache.camel.Processor) exchange -> ran.add(exchange));
            routes.start(BreakerDifferencesTest.route(
                            "{timeoutEnabled: true, timeoutDuration: 20, timeoutCancelRunningFuture: " + cancel + "}",
                            "")
                    .replaceFirst("(?m)^( *)- setHeader:$", "$1- process: {ref: next}\n$1- setHeader:"));
            routes.send(e -> {});
            upstream.release();
            return !ran.isEmpty();
        }
    }

    @Test
    void a_timed_out_call_goes_on_on_its_event_loop() throws Exception {
        ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "loop"));
        upstream.answers("late").holding();
        List<String> threads = new ArrayList<>();
        routes.bind("behind", (org.apache.camel.Processor)
                exchange -> threads.add(Thread.currentThread().getName()));
        routes.start(BreakerDifferencesTest.route(
                "{timeoutEnabled: true, timeoutDuration: 20}", "- process: {ref: behind}\n"));
        try {
            routes.send(e -> e.setProperty(ExchangeKeys.CALL, new LoopCall(loop)));
            assertThat(threads).containsExactly("loop");
        } finally {
            loop.shutdownNow();
        }
    }

    @Test
    void a_pool_named_for_timeouts_runs_the_steps() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor(task -> new Thread(task, "named-pool"));
        ScriptedUpstream here = new ScriptedUpstream(Ending.CALLERS_THREAD)
                .then(e -> e.getMessage().setBody(Thread.currentThread().getName()));
        try (EipRoutes other =
                new EipRoutes(Parts.MEHARI).bind("upstream", here).bind("named", pool)) {
            other.start(BreakerDifferencesTest.route(
                    "{timeoutEnabled: true, timeoutDuration: 60000, timeoutExecutorService: named}", ""));
            assertThat(other.send(e -> {}).getMessage().getBody()).isEqualTo("named-pool");
            pool.shutdown();
            assertThat(other.send(e -> {}).getException())
                    .isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
        }
    }

    @Test
    void says_how_long_an_open_breaker_stays_open() throws Exception {
        upstream.fails(new IOException("broken"));
        routes.start(BreakerDifferencesTest.route(
                "{minimumNumberOfCalls: 1, slidingWindowSize: 1, waitDurationInOpenState: 30}", ""));
        assertThat(routes.openBreakers().retryAfter("breaker")).isZero();
        routes.send(e -> {});
        assertThat(routes.openBreakers().retryAfter("breaker")).isEqualTo(Duration.ofSeconds(30));
        nanos.addAndGet(Duration.ofSeconds(12).toNanos());
        assertThat(routes.openBreakers().retryAfter("breaker")).isEqualTo(Duration.ofSeconds(18));
        routes.breaker().transitionToClosedState();
        assertThat(routes.openBreakers().retryAfter("breaker")).isZero();
    }

    @Test
    void a_bulkhead_place_is_taken_until_the_stream_ends() throws Exception {
        FakeStream stream = new FakeStream();
        upstream.answersOnly(stream);
        routes.start(BreakerDifferencesTest.route("{bulkheadEnabled: true, bulkheadMaxConcurrentCalls: 1}", ""));
        routes.send(e -> {});
        assertThat(routes.bulkheads().bulkhead("breaker").getMetrics().getAvailableConcurrentCalls())
                .isZero();
        stream.discard();
        assertThat(routes.bulkheads().bulkhead("breaker").getMetrics().getAvailableConcurrentCalls())
                .isOne();
    }

    @Test
    void completions_of_steps_run_with_the_exchange_and_once() throws Exception {
        List<Boolean> completions = new ArrayList<>();
        upstream.then(e -> e.getExchangeExtension()
                .addOnCompletion(new org.apache.camel.support.SynchronizationAdapter() {
                    @Override
                    public void onDone(Exchange done) {
                        completions.add(done.getProperty("behind", false, Boolean.class));
                    }
                }));
        for (String options : List.of("{}", "{timeoutEnabled: true, timeoutDuration: 60000}")) {
            completions.clear();
            try (EipRoutes other = new EipRoutes(Parts.MEHARI).bind("upstream", upstream)) {
                other.start(BreakerDifferencesTest.route(options, "")
                        .replaceFirst("name: behind", "name: behind\n            id: last")
                        .replaceFirst("- setHeader:(\\s+name: behind)", "- setProperty:$1")
                        .replaceFirst("constant: breaker", "constant: \"true\""));
                other.send(e -> {});
                await().until(() -> !completions.isEmpty());
                assertThat(completions).containsExactly(true);
            }
        }
    }

    @Test
    void has_the_mbean_of_camels_breaker() throws Exception {
        upstream.fails(new IOException("broken"));
        routes.start(BreakerDifferencesTest.route("{minimumNumberOfCalls: 2, slidingWindowSize: 4}", ""));
        routes.send(e -> {});
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("org.apache.camel:context="
                + routes.context().getManagementName() + ",type=processors,name=\"breaker\"");
        assertThat(server.getAttribute(name, "CircuitBreakerState")).isEqualTo("CLOSED");
        assertThat(server.getAttribute(name, "NumberOfFailedCalls")).isEqualTo(1);
        assertThat(server.getAttribute(name, "CircuitBreakerSlidingWindowSize")).isEqualTo(4);
        server.invoke(name, "transitionToForcedOpenState", new Object[0], new String[0]);
        assertThat(routes.send(e -> {}).getProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_REJECTED))
                .isEqualTo(true);
    }
}
