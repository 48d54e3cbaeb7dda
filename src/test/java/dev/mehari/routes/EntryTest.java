package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.failure.GatewayBusy;
import dev.mehari.testing.CapturedLog;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

/** Where exchanges come in, without a route behind it. */
class EntryTest {
    @Test
    void what_fails_for_a_route_that_has_been_removed_is_logged_where_nobody_is_answered() throws Exception {
        Queue<String> log = new ConcurrentLinkedQueue<>();
        try (DefaultCamelContext context = new DefaultCamelContext();
                CapturedLog captured = CapturedLog.of(log::add, Entry.class.getName())) {
            context.disableJMX();
            Version without = new Version(1, Instant.EPOCH, Map.of());
            Entry entry = new Entry("direct:gone", context.getEndpoint("direct:gone"), () -> without);
            Exchange exchange = new DefaultExchange(context);

            entry.process(exchange);

            assertThat(exchange.getException()).isInstanceOf(GatewayBusy.class);
            assertThat(captured.lines()).isEqualTo(1);
            assertThat(log).singleElement().asString().contains("direct:gone", "removed");
        }
    }
}
