package dev.mehari.eip.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.eip.EipRoutes;
import dev.mehari.eip.Parts;
import dev.mehari.eip.ScriptedUpstream;
import dev.mehari.eip.ScriptedUpstream.Ending;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.model.Model;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where camel-resilience4j loses something, blocks or ignores an option, and what happens here instead. */
class BreakerDifferencesTest {
    private static final String TELLS_WHY = """
            - setBody:
                simple: "${exchangeProperty.CamelExceptionCaught}"
            """;

    private final ScriptedUpstream upstream = new ScriptedUpstream(Ending.OTHER_THREAD);

    @Test
    void the_fallback_of_an_open_breaker_finds_the_exception_where_camel_has_none() throws Exception {
        assertThat(bodyWhenOpen(Parts.CAMEL, "{}", TELLS_WHY)).isNullOrEmpty();
        assertThat(bodyWhenOpen(Parts.MEHARI, "{}", TELLS_WHY)).contains(CallNotPermittedException.class.getName());
    }

    @Test
    void the_fallback_after_a_timeout_finds_the_exception_where_camel_has_none() throws Exception {
        assertThat(bodyAfterTimeout(Parts.CAMEL)).isNullOrEmpty();
        assertThat(bodyAfterTimeout(Parts.MEHARI)).contains(TimeoutException.class.getName());
    }

    @Test
    void an_answer_after_the_timeout_is_dropped_where_camel_puts_it_over_the_fallbacks() throws Exception {
        for (Parts parts : Parts.values()) {
            ScriptedUpstream late =
                    new ScriptedUpstream(Ending.OTHER_THREAD).answers("late").holding();
            try (EipRoutes routes = new EipRoutes(parts).bind("upstream", late)) {
                routes.start(route("{timeoutEnabled: true, timeoutDuration: 20}", "- setBody: {constant: fallback}\n"));
                Exchange exchange = routes.send(e -> {});
                late.release();
                if (parts == Parts.CAMEL) {
                    await().untilAsserted(() ->
                            assertThat(exchange.getMessage().getBody()).isEqualTo("late"));
                } else {
                    assertThat(exchange.getMessage().getBody()).isEqualTo("fallback");
                }
            }
        }
    }

    /** Without a fallback ours makes no copy for the steps; Camel's copy takes what failed steps said with it. */
    @Test
    void properties_set_by_failing_steps_stay_where_camel_drops_them_with_its_copy() throws Exception {
        for (Parts parts : Parts.values()) {
            ScriptedUpstream failing =
                    new ScriptedUpstream(Ending.CALLERS_THREAD).fails(new java.io.IOException("broken"));
            try (EipRoutes routes = new EipRoutes(parts).bind("upstream", failing)) {
                routes.start(route("{}", ""));
                Exchange exchange = routes.send(e -> {});
                assertThat(exchange.getProperty("seen")).isEqualTo(parts == Parts.CAMEL ? null : "upstream");
                assertThat(exchange.getProperty(Exchange.CORRELATION_ID)).isNull();
            }
        }
    }

    @Test
    void an_open_breaker_with_recorded_exceptions_falls_back_where_camel_goes_on_as_after_success() throws Exception {
        String options = "{recordException: [java.io.IOException]}";
        String fallback = "- setBody: {constant: fallback}\n";
        assertThat(bodyWhenOpen(Parts.CAMEL, options, fallback)).isEqualTo("request");
        assertThat(bodyWhenOpen(Parts.MEHARI, options, fallback)).isEqualTo("fallback");
    }

    @Test
    void recorded_exceptions_of_a_shared_configuration_count_where_camel_counts_none() throws Exception {
        assertThat(failuresRecorded(Parts.CAMEL)).isZero();
        assertThat(failuresRecorded(Parts.MEHARI)).isOne();
    }

    private int failuresRecorded(Parts parts) throws Exception {
        Resilience4jConfigurationDefinition shared = new Resilience4jConfigurationDefinition();
        shared.setRecordExceptions(java.util.List.of("java.io.IOException"));
        try (EipRoutes routes = routes(parts)) {
            routes.context()
                    .getCamelContextExtension()
                    .getContextPlugin(Model.class)
                    .addResilience4jConfiguration("shared", shared);
            routes.start(BreakerContractTest.route("      configuration: shared", ""));
            upstream.fails(new IOException("broken"));
            routes.send(e -> {});
            return routes.breaker().getMetrics().getNumberOfFailedCalls();
        }
    }

    @Test
    void a_config_bean_is_the_base_of_the_breakers_options_where_camel_ignores_it() throws Exception {
        assertThat(windowSizeWithConfigBean(Parts.CAMEL)).isEqualTo(100);
        assertThat(windowSizeWithConfigBean(Parts.MEHARI)).isEqualTo(33);
    }

    private int windowSizeWithConfigBean(Parts parts) throws Exception {
        try (EipRoutes routes = routes(parts)) {
            routes.bind(
                    "base", CircuitBreakerConfig.custom().slidingWindowSize(33).build());
            routes.start(route("{config: base}", ""));
            return routes.breaker().getCircuitBreakerConfig().getSlidingWindowSize();
        }
    }

    @Test
    void an_enclosing_try_is_still_known_behind_the_breaker_where_camel_forgets_it() throws Exception {
        upstream.answers("answer");
        assertThat(tryBlockBehind(Parts.CAMEL)).isNull();
        assertThat(tryBlockBehind(Parts.MEHARI)).isEqualTo(true);
    }

    private Object tryBlockBehind(Parts parts) throws Exception {
        try (EipRoutes routes = routes(parts)) {
            routes.start(route("{}", ""));
            return routes.send(e -> e.setProperty(org.apache.camel.ExchangePropertyKey.TRY_ROUTE_BLOCK, true))
                    .getProperty(org.apache.camel.ExchangePropertyKey.TRY_ROUTE_BLOCK);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{micrometerEnabled: true} | micrometerEnabled",
                "{bulkheadEnabled: true, bulkheadMaxWaitDuration: 5} | bulkheadMaxWaitDuration must be 0, was 5",
                "{failureRateThreshold: 101} | failureRateThreshold is wrong",
                "{slidingWindowType: SOMETIMES} | slidingWindowType is wrong",
                "{timeoutEnabled: true, timeoutExecutorService: nobody} | nobody",
                "{circuitBreaker: nobody} | nobody",
            })
    void refuses_at_start_what_it_cannot_do(String options, String reason) {
        try (EipRoutes routes = routes(Parts.MEHARI)) {
            assertThatThrownBy(() -> routes.start(route(options, ""))).hasStackTraceContaining(reason);
        }
    }

    @ParameterizedTest
    @EnumSource(Parts.class)
    void fallback_via_network_is_refused_as_by_camel(Parts parts) {
        String route = route("{}", "- setBody: {constant: x}\n")
                .replaceFirst("(?m)^( *)onFallback:$", "$1onFallback:\n$1  fallbackViaNetwork: true");
        try (EipRoutes routes = routes(parts)) {
            assertThatThrownBy(() -> routes.start(route))
                    .hasStackTraceContaining("camel-resilience4j does not support onFallbackViaNetwork");
        }
    }

    private String bodyWhenOpen(Parts parts, String options, String fallback) throws Exception {
        try (EipRoutes routes = routes(parts)) {
            routes.start(route(options, fallback));
            routes.breaker().transitionToOpenState();
            Exchange exchange = routes.send(e -> e.getMessage().setBody("request"));
            assertThat(routes.breaker().getState()).isEqualTo(State.OPEN);
            return exchange.getMessage().getBody(String.class);
        }
    }

    private String bodyAfterTimeout(Parts parts) throws Exception {
        try (EipRoutes routes = routes(parts)) {
            routes.start(route("{timeoutEnabled: true, timeoutDuration: 20}", TELLS_WHY));
            upstream.answers("late").holding();
            Exchange exchange = routes.send(e -> e.getMessage().setBody("request"));
            String body = exchange.getMessage().getBody(String.class);
            upstream.release();
            return body;
        }
    }

    private EipRoutes routes(Parts parts) {
        return new EipRoutes(parts).bind("upstream", upstream);
    }

    static String route(String options, String fallback) {
        return BreakerContractTest.route("      resilience4jConfiguration: " + options, fallback);
    }
}
