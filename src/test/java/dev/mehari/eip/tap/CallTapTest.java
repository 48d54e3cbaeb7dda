package dev.mehari.eip.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.CallTap;
import dev.mehari.audit.EventSource;
import dev.mehari.audit.Events;
import dev.mehari.eip.EipRoutes;
import dev.mehari.eip.Parts;
import dev.mehari.eip.seda.EventQueue;
import dev.mehari.eip.seda.NonBlockingSedaComponent;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.FakeCall;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTapTest {
    private final BlockingQueue<AuditEvent> queued = new LinkedBlockingQueue<>();
    private final List<Object> written = new CopyOnWriteArrayList<>();

    @Test
    void a_call_leaves_its_event_when_it_has_ended_and_not_before() throws Exception {
        FakeCall call = new FakeCall();
        try (EipRoutes routes = routes("seda:audit?queue=#events", "")) {
            routes.send(exchange -> exchange.setProperty(ExchangeKeys.CALL, call));
            assertThat(queued).isEmpty();
            assertThat(written).isEmpty();

            call.end(200, CallRecord.End.COMPLETE);

            await().until(() -> written.equals(List.of(List.of(Events.event(1)))));
        }
    }

    @Test
    void what_is_no_call_leaves_none() throws Exception {
        try (EipRoutes routes = routes("seda:audit?queue=#events", "")) {
            assertThat(routes.send(exchange -> {}).getException()).isNull();
            assertThat(queued).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy: false", "dynamicUri: true", "ignoreInvalidEndpoint: true", "cacheSize: 5"})
    void options_that_a_tap_of_calls_does_not_have_are_refused(String option) {
        assertThatThrownBy(() -> routes("seda:audit?queue=#events", option))
                .hasStackTraceContaining("wireTap tap: " + option.substring(0, option.indexOf(':')));
    }

    @ParameterizedTest
    @ValueSource(strings = {"seda:audit", "direct:in"})
    void endpoints_that_take_no_events_are_refused(String uri) {
        assertThatThrownBy(() -> routes(uri, "")).hasStackTraceContaining("wireTap tap: uri has to be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"concurrentConsumers=2", "size=5", "multipleConsumers=true"})
    void a_queue_of_events_has_one_consumer_and_its_own_bound(String option) {
        assertThatThrownBy(() -> routes("seda:audit?queue=#events&" + option, ""))
                .hasStackTraceContaining("is not for a queue of events");
    }

    private EipRoutes routes(String uri, String option) throws Exception {
        CallTap tap = (exchange, call) -> () -> Events.event(1);
        String from = uri.startsWith("seda:audit?") ? uri : "seda:audit?queue=#events";
        return new EipRoutes(Parts.MEHARI)
                .bind("seda", new NonBlockingSedaComponent())
                .bind("tap", tap)
                .bind("events", new EventQueue(new Queued()))
                .bind("write", (Processor)
                        exchange -> written.add(exchange.getMessage().getBody()))
                .start("""
                        - route:
                            from:
                              uri: direct:in
                              steps:
                                - wireTap:
                                    id: tap
                                    uri: "%s"
                                    onPrepare: "#tap"
                                    %s
                        - route:
                            from:
                              uri: "%s"
                              steps:
                                - process:
                                    ref: write
                        """.formatted(uri, option, from));
    }

    /** Every event a batch. */
    private final class Queued implements EventSource {
        @Override
        public void offer(AuditEvent event) {
            queued.add(event);
        }

        @Override
        public Object next(long patienceNanos) {
            try {
                AuditEvent next = queued.poll(patienceNanos, TimeUnit.NANOSECONDS);
                return next == null ? null : List.of(next);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                return null;
            }
        }

        @Override
        public int waiting() {
            return queued.size();
        }
    }
}
