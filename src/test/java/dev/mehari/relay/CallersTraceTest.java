package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.TraceContext;
import dev.mehari.testing.RawClient;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the relay makes of the {@code traceparent} that a caller sends. */
class CallersTraceTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

    private static RelayFixture relay;

    @BeforeAll
    static void start() throws Exception {
        relay = RelayFixture.prepared().run(new RouteBuilder() {
            @Override
            public void configure() {
                from("netty-http:http://127.0.0.1:0?matchOnUriPrefix=true").process(exchange -> {
                    TraceContext trace = (TraceContext) exchange.getProperty(ExchangeKeys.TRACE);
                    exchange.getMessage().setBody(trace == null ? "none" : trace.header());
                });
            }
        });
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    private static String noted(String... headers) throws Exception {
        try (RawClient client = RawClient.connect(relay.port())) {
            return client.get("/", headers).answer().body();
        }
    }

    @Test
    void is_noted_where_it_is_well_formed() throws Exception {
        assertThat(noted("traceparent", PARENT)).isEqualTo(PARENT);
        assertThat(noted("Traceparent", PARENT.replace("-01", "-00"))).isEqualTo(PARENT.replace("-01", "-00"));
    }

    @Test
    void is_ignored_where_it_is_absent_malformed_or_said_twice() throws Exception {
        assertThat(noted()).isEqualTo("none");
        assertThat(noted("traceparent", "00-" + TRACE + "-01")).isEqualTo("none");
        assertThat(noted("traceparent", PARENT, "traceparent", PARENT)).isEqualTo("none");
    }
}
