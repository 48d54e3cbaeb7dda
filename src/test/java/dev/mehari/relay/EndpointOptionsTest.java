package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Endpoint;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.netty.http.NettyHttpEndpointUriFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every option that Camel's netty-http has is either supported here or refused by its name: none is silently ignored. */
class EndpointOptionsTest {
    /** Options that may be given, with a value that is accepted. */
    private static final Map<String, String> SUPPORTED = Map.ofEntries(
            Map.entry("backlog", "100"),
            Map.entry("bridgeEndpoint", "true"),
            Map.entry("bridgeErrorHandler", "true"),
            Map.entry("connectTimeout", "1000"),
            Map.entry("exceptionHandler", "#exceptions"),
            Map.entry("exchangePattern", "InOut"),
            Map.entry("httpMethodRestrict", "GET"),
            Map.entry("keepAlive", "true"),
            Map.entry("lazyStartProducer", "true"),
            Map.entry("matchOnUriPrefix", "true"),
            Map.entry("muteException", "true"),
            Map.entry("nativeTransport", "true"),
            Map.entry("okStatusCodeRange", "200-299"),
            Map.entry("reuseAddress", "true"),
            Map.entry("requestTimeout", "1000"),
            Map.entry("send503whenSuspended", "true"),
            Map.entry("ssl", "true"),
            Map.entry("sslContextParameters", "#trust"),
            Map.entry("synchronous", "false"),
            Map.entry("tcpNoDelay", "true"),
            Map.entry("throwExceptionOnFailure", "false"),
            Map.entry("traceEnabled", "true"),
            Map.entry("usingExecutorService", "false"));

    /** Options of which a single value can be had: any other is refused. */
    private static final Map<String, String> REFUSED_VALUES = Map.ofEntries(
            Map.entry("bridgeEndpoint", "false"),
            Map.entry("exchangePattern", "InOnly"),
            Map.entry("keepAlive", "false"),
            Map.entry("muteException", "false"),
            Map.entry("nativeTransport", "false"),
            Map.entry("reuseAddress", "false"),
            Map.entry("send503whenSuspended", "false"),
            Map.entry("synchronous", "true"),
            Map.entry("tcpNoDelay", "false"),
            Map.entry("usingExecutorService", "true"));

    private static RelayFixture relay;

    @BeforeAll
    static void start() throws Exception {
        relay = RelayFixture.prepared();
        relay.camel().getRegistry().bind("trust", new org.apache.camel.support.jsse.SSLContextParameters());
        relay.camel()
                .getRegistry()
                .bind(
                        "exceptions",
                        new org.apache.camel.support.LoggingExceptionHandler(relay.camel(), EndpointOptionsTest.class));
        relay.run(new RouteBuilder() {
            @Override
            public void configure() {}
        });
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    /** All options of Camel's endpoint; those in the address itself are no options here. */
    static Set<String> stockOptions() {
        Set<String> names = new TreeSet<>(new NettyHttpEndpointUriFactory().propertyNames());
        names.removeAll(Set.of("protocol", "host", "port", "path"));
        return names;
    }

    private static Endpoint endpoint(String option, String value) {
        return relay.camel().getEndpoint("netty-http:http://127.0.0.1:1/x?" + option + "=" + value);
    }

    @ParameterizedTest
    @MethodSource("stockOptions")
    void each_is_supported_or_refused_by_name(String option) {
        if (SUPPORTED.containsKey(option)) {
            assertThat(endpoint(option, SUPPORTED.get(option))).isInstanceOf(RelayEndpoint.class);
        } else {
            assertThatThrownBy(() -> endpoint(option, "1"))
                    .isInstanceOf(ResolveEndpointFailedException.class)
                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .hasStackTraceContaining(option + " is not supported");
        }
    }

    static Set<String> refusedValues() {
        return new TreeSet<>(REFUSED_VALUES.keySet());
    }

    @ParameterizedTest
    @MethodSource("refusedValues")
    void a_value_that_cannot_be_had_is_refused_with_the_reason(String option) {
        assertThatThrownBy(() -> endpoint(option, REFUSED_VALUES.get(option)))
                .hasStackTraceContaining(option + " can only be ");
    }

    @Test
    void no_supported_option_is_unknown_to_camel() {
        assertThat(stockOptions()).containsAll(SUPPORTED.keySet());
    }

    @Test
    void options_that_nobody_knows_are_refused_and_not_sent_upstream_as_a_query() {
        assertThatThrownBy(() -> endpoint("api-version", "2")).hasStackTraceContaining("api-version is not supported");
        assertThatThrownBy(() -> endpoint("proxyAuthPassword", "hunter2"))
                .hasStackTraceContaining("proxyAuthPassword is not supported")
                .rootCause()
                .message()
                .doesNotContain("hunter2");
        assertThatThrownBy(() -> endpoint("option.child.keepAlive", "false"))
                .hasStackTraceContaining("option.child.keepAlive is not supported");
    }

    @Test
    void tls_is_not_served() {
        assertThatThrownBy(() -> endpoint("ssl", "true").createConsumer(exchange -> {}))
                .hasMessageContaining("does not serve TLS");
    }
}
