package dev.mehari.eip.seda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.admission.AdmissionGate;
import dev.mehari.admission.AdmissionLimits;
import dev.mehari.admission.AdmissionStats;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.testing.LoopCall;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.seda.SedaConsumerNotAvailableException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdmissionQueueTest {
    private static final String URI = "seda:admission?queue=#admissionQueue&timeout=0";

    private final ScheduledExecutorService loop =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "loop"));
    private final Upstream upstream = new Upstream();
    private final AdmissionGate gate =
            new AdmissionGate(new AdmissionLimits(1, 10, Duration.ofSeconds(30)), System::nanoTime);
    private CamelContext context;
    private ProducerTemplate template;
    private AsyncProducer in;

    @BeforeEach
    void start() throws Exception {
        context = new DefaultCamelContext();
        context.addComponent("seda", new NonBlockingSedaComponent());
        context.getRegistry().bind("admissionQueue", new AdmissionQueue(gate, Duration.ofMillis(20)));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").errorHandler(noErrorHandler()).to(URI);
                from(URI).routeId("work").errorHandler(noErrorHandler()).process(upstream);
            }
        });
        context.getShutdownStrategy().setTimeout(2);
        context.start();
        template = context.createProducerTemplate();
        in = context.getEndpoint("direct:in").createAsyncProducer();
        in.start();
    }

    @AfterEach
    void stop() throws Exception {
        upstream.answerAll();
        gate.close();
        template.close();
        context.stop();
        loop.shutdownNow();
    }

    @Test
    void starts_on_the_callers_thread_while_a_permit_is_free() {
        upstream.immediate = true;
        Exchange answer = send("a", Map.of()).join();
        assertThat(answer.getMessage().getBody()).isEqualTo("answer to a");
        assertThat(upstream.threads).containsExactly(Thread.currentThread().getName());
        assertThat(answer.getProperty(ExchangeKeys.QUEUE_MS)).isEqualTo(0L);
        assertThat(gate.stats().inUse()).isZero();
    }

    // row 4, row 7
    @Test
    void one_runs_and_the_rest_wait_or_are_refused() {
        CompletableFuture<Exchange> first = send("a", Map.of());
        List<CompletableFuture<Exchange>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(send("w" + i, Map.of()));
        }
        assertThat(send("z", Map.of()).join().getException())
                .isInstanceOfSatisfying(
                        GatewayBusy.class, busy -> assertThat(busy.reason()).isEqualTo(GatewayBusy.Reason.QUEUE_FULL));
        assertThat(upstream.running).hasSize(1);
        upstream.answer();
        assertThat(first.join().getException()).isNull();
        for (CompletableFuture<Exchange> next : waiting) {
            await().until(() -> upstream.running.size() == 1);
            upstream.answer();
            assertThat(next.join().getException()).isNull();
        }
        assertThat(upstream.most).hasValue(1);
        assertThat(gate.stats().inUse()).isZero();
    }

    // row 8
    @Test
    void fails_the_exchange_at_the_end_of_its_wait_and_not_before() {
        gate.apply(new AdmissionLimits(1, 10, Duration.ofMillis(300)));
        send("a", Map.of());
        long began = System.nanoTime();
        Exchange refused = send("b", call(new LoopCall(loop))).join();
        assertThat(System.nanoTime() - began).isBetween(ms(300), ms(800));
        assertThat(refused.getException())
                .isInstanceOfSatisfying(
                        GatewayBusy.class,
                        busy -> assertThat(busy.reason()).isEqualTo(GatewayBusy.Reason.QUEUE_TIMEOUT));
        assertThat(refused.getProperty(ExchangeKeys.QUEUE_MS, Long.class)).isGreaterThanOrEqualTo(300);
        assertThat(upstream.seen).containsExactly("a");
    }

    @Test
    void the_clients_own_time_limit_counts_without_a_call_too() {
        send("a", Map.of());
        Exchange refused =
                send("b", Map.of(ExchangeKeys.CLIENT_TIMEOUT_MS, 50L)).join();
        assertThat(refused.getException()).isInstanceOf(GatewayBusy.class);
    }

    @Test
    void the_clients_own_time_limit_counts_from_the_beginning_of_its_call() {
        gate.apply(new AdmissionLimits(1, 10, Duration.ofSeconds(30)));
        send("a", Map.of());
        LoopCall call = new LoopCall(loop).startedAt(System.nanoTime() - ms(9_900));
        Exchange refused = send("b", Map.of(ExchangeKeys.CALL, call, ExchangeKeys.CLIENT_TIMEOUT_MS, 10_000L))
                .join();

        assertThat(refused.getException()).isInstanceOf(GatewayBusy.class);
        assertThat(refused.getProperty(ExchangeKeys.QUEUE_MS, Long.class)).isBetween(0L, 5_000L);
    }

    // row 9, row 10
    @Test
    void starts_by_priority_and_in_order_of_arrival_on_the_calls_executor() {
        send("first", Map.of());
        List<LoopCall> calls = new ArrayList<>();
        for (String body : List.of("1a", "5a", "9a", "5b", "1b", "9b")) {
            LoopCall call = new LoopCall(loop);
            calls.add(call);
            send(
                    body,
                    Map.of(
                            ExchangeKeys.CALL,
                            call,
                            ExchangeKeys.KEY_ID,
                            "k",
                            ExchangeKeys.PRIORITY,
                            body.charAt(0) - '0'));
        }
        upstream.answer();
        for (int i = 0; i < calls.size(); i++) {
            await().until(() -> upstream.running.size() == 1);
            upstream.answer();
            calls.forEach(call -> {
                if (upstream.answered.contains(call)) {
                    call.end();
                }
            });
        }
        assertThat(upstream.seen).containsExactly("first", "9a", "9b", "5a", "5b", "1a", "1b");
        assertThat(upstream.threads).last().isEqualTo("loop");
    }

    // row 11
    @Test
    void a_client_that_leaves_the_queue_is_never_started() throws Exception {
        send("a", Map.of());
        LoopCall leaving = new LoopCall(loop);
        CompletableFuture<Exchange> gone = send("gone", call(leaving));
        CompletableFuture<Exchange> stays = send("stays", call(new LoopCall(loop)));
        leaving.clientLeaves();
        assertThat(gone.join().getException()).isInstanceOf(ClientGone.class);
        assertThat(gate.stats().waiting()).isEqualTo(1);
        assertThat(gate.stats().cancelled()).isEqualTo(1);
        upstream.answer();
        await().until(() -> upstream.running.size() == 1);
        upstream.answer();
        assertThat(stays.join().getException()).isNull();
        assertThat(upstream.seen).containsExactly("a", "stays");
    }

    @Test
    void a_client_that_left_before_it_entered_is_not_kept() throws Exception {
        send("a", Map.of());
        LoopCall left = new LoopCall(loop);
        left.clientLeaves();
        assertThat(send("b", call(left)).join().getException()).isInstanceOf(ClientGone.class);
        assertThat(gate.stats().waiting()).isZero();
    }

    @Test
    void the_permit_comes_back_when_the_last_byte_is_out() {
        upstream.immediate = true;
        LoopCall call = new LoopCall(loop);
        send("a", call(call)).join();
        assertThat(gate.stats().inUse()).isEqualTo(1);
        assertThat(call.whenClientGone()).isNull();
        call.end();
        call.end();
        assertThat(gate.stats().inUse()).isZero();
    }

    @Test
    void the_permit_comes_back_when_the_route_fails() {
        upstream.immediate = true;
        assertThat(send("fail", Map.of()).join().getException()).hasMessage("upstream failed");
        assertThat(gate.stats().inUse()).isZero();
    }

    @Test
    void the_permit_comes_back_when_the_executor_is_gone() {
        send("a", Map.of());
        LoopCall call = new LoopCall(loop);
        CompletableFuture<Exchange> orphan = send("b", call(call));
        loop.shutdownNow();
        upstream.answer();
        assertThat(orphan.join().getException()).isNotNull();
        assertThat(gate.stats().inUse()).isZero();
    }

    @Test
    void nobody_starts_while_the_route_is_stopped() throws Exception {
        context.getRouteController().stopRoute("work");
        assertThat(send("a", Map.of()).join().getException()).isInstanceOf(SedaConsumerNotAvailableException.class);
        context.getRouteController().startRoute("work");
        upstream.immediate = true;
        assertThat(send("b", Map.of()).join().getException()).isNull();
        assertThat(gate.stats().inUse()).isZero();
    }

    @Test
    void a_streaming_caller_hears_from_us_while_it_waits_and_no_longer() {
        send("a", Map.of());
        LoopCall streaming = new LoopCall(loop);
        LoopCall plain = new LoopCall(loop);
        CompletableFuture<Exchange> answer = send("b", Map.of(ExchangeKeys.CALL, streaming, ExchangeKeys.STREAM, true));
        CompletableFuture<Exchange> other = send("c", call(plain));
        await().until(() -> streaming.heartbeats() >= 3);
        upstream.answer();
        await().until(() -> upstream.running.size() == 1);
        int beats = streaming.heartbeats();
        upstream.answer();
        answer.join();
        streaming.end();
        await().until(() -> upstream.running.size() == 1);
        upstream.answer();
        other.join();
        assertThat(streaming.heartbeats()).isEqualTo(beats);
        assertThat(plain.heartbeats()).isZero();
    }

    @Test
    void one_way_exchanges_take_a_permit_too() {
        template.send(
                "direct:in",
                ExchangePattern.InOnly,
                exchange -> exchange.getMessage().setBody("a"));
        template.send(
                "direct:in",
                ExchangePattern.InOnly,
                exchange -> exchange.getMessage().setBody("b"));
        assertThat(gate.stats().waiting()).isEqualTo(1);
        upstream.answer();
        await().until(() -> upstream.running.size() == 1);
        upstream.answer();
        await().until(() -> gate.stats().inUse() == 0);
        assertThat(upstream.seen).containsExactly("a", "b");
    }

    @Test
    void ten_thousand_wait_without_a_thread() {
        gate.apply(new AdmissionLimits(1, 10_000, Duration.ofSeconds(60)));
        send("first", Map.of());
        send("warm", call(new LoopCall(loop)));
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        List<CompletableFuture<Exchange>> answers = new ArrayList<>();
        List<LoopCall> calls = new ArrayList<>();
        for (int i = 0; i < 9_999; i++) {
            LoopCall call = new LoopCall(loop);
            calls.add(call);
            answers.add(send("w", call(call)));
        }
        assertThat(gate.stats().waiting()).isEqualTo(10_000);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(before + 2);
        upstream.immediate = true;
        gate.apply(new AdmissionLimits(20_000, 10_000, Duration.ofSeconds(60)));
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        calls.forEach(LoopCall::end);
        AdmissionStats stats = gate.stats();
        assertThat(stats.waiting()).isZero();
        assertThat(stats.admitted()).isEqualTo(10_001);
    }

    /** Sends on this thread, as an event loop would; returns as soon as the route lets go of it. */
    private CompletableFuture<Exchange> send(String body, Map<String, Object> properties) {
        Exchange exchange = context.getEndpoint("direct:in").createExchange(ExchangePattern.InOut);
        exchange.getMessage().setBody(body);
        properties.forEach(exchange::setProperty);
        CompletableFuture<Exchange> answer = new CompletableFuture<>();
        in.process(exchange, doneSync -> answer.complete(exchange));
        return answer.orTimeout(20, TimeUnit.SECONDS);
    }

    private static Map<String, Object> call(LoopCall call) {
        return Map.of(ExchangeKeys.CALL, call);
    }

    private static long ms(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Answers when told to, or at once. */
    private static final class Upstream extends AsyncProcessorSupport {
        final List<String> seen = new CopyOnWriteArrayList<>();
        final List<String> threads = new CopyOnWriteArrayList<>();
        final List<Object> answered = new CopyOnWriteArrayList<>();
        final Queue<Runnable> running = new ConcurrentLinkedQueue<>();
        final AtomicInteger most = new AtomicInteger();
        volatile boolean immediate;

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            String body = exchange.getMessage().getBody(String.class);
            seen.add(body);
            threads.add(Thread.currentThread().getName());
            if (body.equals("fail")) {
                exchange.setException(new IllegalStateException("upstream failed"));
            }
            exchange.getMessage().setBody("answer to " + body);
            if (immediate) {
                callback.done(true);
                return true;
            }
            running.add(() -> {
                Object call = exchange.getProperty(ExchangeKeys.CALL);
                if (call != null) {
                    answered.add(call);
                }
                callback.done(false);
            });
            most.accumulateAndGet(running.size(), Math::max);
            return false;
        }

        void answer() {
            running.remove().run();
        }

        void answerAll() {
            for (Runnable next = running.poll(); next != null; next = running.poll()) {
                next.run();
            }
        }
    }
}
