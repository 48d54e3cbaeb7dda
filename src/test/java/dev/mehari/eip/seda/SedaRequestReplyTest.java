package dev.mehari.eip.seda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ExchangeTimedOutException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What ours does beyond Camel's own: it never holds the caller's thread, and forgets nobody. */
class SedaRequestReplyTest {
    private final Queue<AsyncCallback> working = new ConcurrentLinkedQueue<>();
    private final CamelContext context = new DefaultCamelContext();
    private AsyncProducer in;

    @AfterEach
    void stop() {
        working.forEach(callback -> callback.done(false));
        context.stop();
    }

    @Test
    void ten_thousand_wait_for_their_replies_without_a_thread() throws Exception {
        start("seda:work?size=20000&pollTimeout=10&timeout=60000");
        CompletableFuture<Exchange> warm = send();
        await().until(() -> working.size() == 1);
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        List<CompletableFuture<Exchange>> answers = new ArrayList<>(List.of(warm));
        for (int i = 1; i < 10_000; i++) {
            answers.add(send());
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> working.size() == 10_000);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(before + 2);
        working.forEach(callback -> callback.done(false));
        working.clear();
        for (CompletableFuture<Exchange> answer : answers) {
            assertThat(answer.get(10, TimeUnit.SECONDS).getException()).isNull();
        }
    }

    @Test
    void a_reply_after_the_timeout_is_ignored() throws Exception {
        start("seda:work?pollTimeout=10&timeout=1500");
        CompletableFuture<Exchange> late = send();
        await().until(() -> working.size() == 1);
        Exchange answer = late.get(10, TimeUnit.SECONDS);
        assertThat(answer.getException()).isInstanceOf(ExchangeTimedOutException.class);
        working.remove().done(false);
        assertThat(answer.getException()).isInstanceOf(ExchangeTimedOutException.class);
    }

    @Test
    void callers_of_a_purged_queue_are_told_at_once() throws Exception {
        start("seda:work?pollTimeout=10&timeout=0");
        CompletableFuture<Exchange> purged = sendTo("seda:idle?timeout=0");
        context.getEndpoint("seda:idle?timeout=0", SedaEndpoint.class).purgeQueue();
        assertThat(purged.get(10, TimeUnit.SECONDS).getException()).isInstanceOf(CamelExchangeException.class);
    }

    @Test
    void callers_are_told_when_the_component_stops() throws Exception {
        start("seda:work?pollTimeout=10&timeout=0");
        CompletableFuture<Exchange> waiting = sendTo("seda:idle?timeout=0");
        assertThat(waiting).isNotDone();
        context.getComponent("seda").stop();
        assertThat(waiting.get(10, TimeUnit.SECONDS).getException()).isInstanceOf(RejectedExecutionException.class);
    }

    private void start(String uri) throws Exception {
        context.addComponent("seda", new NonBlockingSedaComponent());
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").errorHandler(noErrorHandler()).to(uri);
                from(uri).routeId("work").process(new AsyncProcessorSupport() {
                    @Override
                    public boolean process(Exchange exchange, AsyncCallback callback) {
                        working.add(callback);
                        return false;
                    }
                });
            }
        });
        context.getShutdownStrategy().setTimeout(1);
        context.start();
        in = context.getEndpoint("direct:in").createAsyncProducer();
        in.start();
    }

    private CompletableFuture<Exchange> send() {
        return send(in);
    }

    private CompletableFuture<Exchange> sendTo(String uri) throws Exception {
        AsyncProducer producer = context.getEndpoint(uri).createAsyncProducer();
        producer.start();
        return send(producer);
    }

    private static CompletableFuture<Exchange> send(AsyncProducer producer) {
        Exchange exchange = producer.getEndpoint().createExchange(ExchangePattern.InOut);
        CompletableFuture<Exchange> answer = new CompletableFuture<>();
        producer.process(exchange, doneSync -> answer.complete(exchange));
        return answer;
    }
}
