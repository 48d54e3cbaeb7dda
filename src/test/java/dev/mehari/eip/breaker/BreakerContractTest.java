package dev.mehari.eip.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.eip.EipRoutes;
import dev.mehari.eip.Outcome;
import dev.mehari.eip.Parts;
import dev.mehari.eip.ScriptedUpstream;
import dev.mehari.eip.ScriptedUpstream.Ending;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same routes on camel-resilience4j and on ours, with steps that end at once and on another thread. */
class BreakerContractTest {
    private static final String OPENS_AFTER_TWO =
            "minimumNumberOfCalls: 2\n slidingWindowSize: 2\n permittedNumberOfCallsInHalfOpenState: 1\n";
    private static final String ANSWERS_ITSELF = """
            - setHeader:
                name: fallback
                simple: "${exception.message}"
            - setBody:
                simple: "instead of ${body}"
            """;

    /** A route and what happens on it. */
    record Scenario(String options, String fallback, Consumer<ScriptedUpstream> script, Consumer<Run> story) {}

    /** One run of a scenario, writing down what can be seen. */
    static final class Run {
        private final EipRoutes routes;
        private final ScriptedUpstream upstream;
        private final List<Object> seen = new ArrayList<>();

        Run(EipRoutes routes, ScriptedUpstream upstream) {
            this.routes = routes;
            this.upstream = upstream;
        }

        Run call() {
            Exchange exchange = routes.send(request -> {
                request.getMessage().setBody("request");
                request.getMessage().setHeader("Authorization", "secret");
                request.setProperty("before", "kept");
            });
            seen.add(comparable(exchange));
            CircuitBreaker.Metrics metrics = routes.breaker().getMetrics();
            seen.add(routes.breaker().getState());
            seen.add("calls " + upstream.calls() + ", failed " + metrics.getNumberOfFailedCalls() + ", succeeded "
                    + metrics.getNumberOfSuccessfulCalls() + ", slow " + metrics.getNumberOfSlowCalls()
                    + ", not permitted " + metrics.getNumberOfNotPermittedCalls());
            return this;
        }

        Run halfOpen() {
            if (routes.breaker().getState() == CircuitBreaker.State.CLOSED) {
                routes.breaker().transitionToOpenState();
            }
            routes.breaker().transitionToHalfOpenState();
            return this;
        }
    }

    static Stream<Arguments> scenarios() {
        IOException broken = new IOException("broken");
        return Stream.of(
                scenario("success", "", "", up -> up.answers("answer"), Run::call),
                scenario("null answer", "", "", up -> up.answers(null), Run::call),
                scenario("checked exception", "", "", up -> up.fails(broken), Run::call),
                scenario("runtime exception", "", "", up -> up.fails(new IllegalStateException("no")), Run::call),
                scenario(
                        "step throws out of process",
                        "",
                        "",
                        up -> up.then(e -> {
                            throw new IllegalArgumentException("thrown");
                        }),
                        Run::call),
                scenario("fallback", "", ANSWERS_ITSELF, up -> up.fails(broken), Run::call),
                scenario("fallback not needed", "", ANSWERS_ITSELF, up -> up.answers("answer"), Run::call),
                scenario("fallback throws", "", throwing(), up -> up.fails(broken), Run::call),
                scenario(
                        "fallback after checked exception, twice",
                        OPENS_AFTER_TWO,
                        ANSWERS_ITSELF,
                        up -> up.fails(broken),
                        run -> run.call().call()),
                scenario(
                        "open, silent",
                        OPENS_AFTER_TWO,
                        "",
                        up -> up.fails(broken),
                        run -> run.call().call().call()),
                scenario(
                        "open, throwing",
                        OPENS_AFTER_TWO + " throwExceptionWhenHalfOpenOrOpenState: true",
                        "",
                        up -> up.fails(broken),
                        run -> run.call().call().call()),
                scenario(
                        "half open, success closes",
                        OPENS_AFTER_TWO,
                        "",
                        up -> up.fails(broken).fails(broken).answers("well again"),
                        run -> run.call().call().halfOpen().call().call()),
                scenario(
                        "half open, failure opens",
                        OPENS_AFTER_TWO,
                        "",
                        up -> up.fails(broken),
                        run -> run.call().call().halfOpen().call().call()),
                scenario(
                        "failure rate",
                        OPENS_AFTER_TWO + " failureRateThreshold: 100",
                        "",
                        up -> up.fails(broken).answers("fine").fails(broken),
                        run -> run.call().call().call().call()),
                scenario(
                        "time based window",
                        OPENS_AFTER_TWO + " slidingWindowType: TIME_BASED",
                        "",
                        up -> up.fails(broken),
                        run -> run.call().call().call()),
                scenario(
                        "no stack trace",
                        OPENS_AFTER_TWO
                                + " writableStackTraceEnabled: false\n throwExceptionWhenHalfOpenOrOpenState: true",
                        "",
                        up -> up.fails(broken),
                        run -> run.call().call().call()),
                scenario(
                        "recorded exception",
                        OPENS_AFTER_TWO + " recordException: [java.io.IOException]",
                        "",
                        up -> up.fails(new FileNotFoundException("gone")),
                        run -> run.call().call()),
                scenario(
                        "exception that is not recorded",
                        OPENS_AFTER_TWO + " recordException: [java.io.IOException]",
                        ANSWERS_ITSELF,
                        up -> up.fails(new IllegalStateException("no")),
                        run -> run.call().call().call()),
                scenario(
                        "ignored exception",
                        OPENS_AFTER_TWO + " ignoreException: [java.io.IOException]",
                        ANSWERS_ITSELF,
                        up -> up.fails(broken),
                        run -> run.call().call().call()),
                scenario(
                        "ignored trial",
                        OPENS_AFTER_TWO + " ignoreException: [java.io.IOException]",
                        "",
                        up -> up.fails(broken),
                        run -> run.halfOpen().call().call()),
                scenario(
                        "bulkhead with room",
                        "bulkheadEnabled: true\n bulkheadMaxConcurrentCalls: 1",
                        "",
                        up -> up.answers("answer"),
                        run -> run.call().call()),
                scenario(
                        "bulkhead full",
                        "bulkheadEnabled: true\n bulkheadMaxConcurrentCalls: 1",
                        "",
                        up -> up.answers("answer"),
                        run -> {
                            run.routes.bulkheads().bulkhead("breaker").acquirePermission();
                            run.call();
                        }),
                scenario(
                        "answer in time",
                        "timeoutEnabled: true\n timeoutDuration: 60000",
                        "",
                        up -> up.answers("answer"),
                        Run::call),
                scenario(
                        "failure in time",
                        "timeoutEnabled: true\n timeoutDuration: 60000",
                        ANSWERS_ITSELF,
                        up -> up.fails(broken),
                        Run::call),
                scenario(
                        "timeout",
                        "timeoutEnabled: true\n timeoutDuration: 20",
                        "",
                        up -> up.answers("too late").holding(),
                        run -> {
                            run.call();
                            run.upstream.release();
                        }));
    }

    /** Without what differs on purpose, see {@link BreakerDifferencesTest}: traces of the copy that Camel makes. */
    private static Outcome comparable(Exchange exchange) {
        Outcome outcome = Outcome.of(exchange).withoutProperty(Exchange.CORRELATION_ID);
        boolean fell =
                Boolean.TRUE.equals(exchange.getProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK));
        boolean succeeded = Boolean.TRUE.equals(
                exchange.getProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION));
        if (fell || succeeded) {
            return outcome;
        }
        for (String trace : List.of(
                "seen",
                Exchange.EXCEPTION_CAUGHT,
                Exchange.FAILURE_ENDPOINT,
                Exchange.FAILURE_ROUTE_ID,
                Exchange.TO_ENDPOINT)) {
            outcome = outcome.withoutProperty(trace);
        }
        return outcome;
    }

    private static Arguments scenario(
            String name, String options, String fallback, Consumer<ScriptedUpstream> script, Consumer<Run> story) {
        return Arguments.of(Named.of(name, new Scenario(options, fallback, script, story)));
    }

    private static String throwing() {
        return """
            - throwException:
                exceptionType: java.lang.IllegalStateException
                message: fallback failed
            """;
    }

    // row 29, row 30
    @ParameterizedTest
    @MethodSource("scenarios")
    void behaves_like_camel_with_steps_that_end_at_once(Scenario scenario) throws Exception {
        assertThat(run(scenario, Parts.MEHARI, Ending.CALLERS_THREAD))
                .isEqualTo(run(scenario, Parts.CAMEL, Ending.CALLERS_THREAD));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void behaves_like_camel_with_steps_that_end_on_another_thread(Scenario scenario) throws Exception {
        assertThat(run(scenario, Parts.MEHARI, Ending.OTHER_THREAD))
                .isEqualTo(run(scenario, Parts.CAMEL, Ending.OTHER_THREAD));
    }

    static Stream<Arguments> shapes() {
        String plain = route("", "");
        String falling = route("", ANSWERS_ITSELF);
        return Stream.of(
                Arguments.of("disabled", plain.replace("id: breaker", "id: breaker\n            disabled: true")),
                Arguments.of(
                        "error handler inherited",
                        falling.replace("id: breaker", "id: breaker\n            inheritErrorHandler: true")),
                Arguments.of(
                        "error handler not inherited",
                        falling.replace("id: breaker", "id: breaker\n            inheritErrorHandler: false")),
                Arguments.of(
                        "steps stop the route",
                        plain.replace(
                                "- setHeader:\n                  name: after",
                                "- stop: {}\n              - setHeader:\n                  name: after")),
                Arguments.of("steps in another route", inAnotherRoute(plain)),
                Arguments.of("steps in another route, falling back", inAnotherRoute(falling)),
                Arguments.of(
                        "one step",
                        plain.replaceAll(
                                "(?s)              - setHeader:\n                  name: after.*?steps\n", "")),
                Arguments.of(
                        "empty fallback",
                        plain.replace(
                                "    - setHeader:\n            name: behind",
                                "        onFallback: {}\n        - setHeader:\n            name: behind")));
    }

    private static String inAnotherRoute(String route) {
        return route.replaceFirst("- process:\\s+ref: upstream", "- to: direct:other")
                + "- route:\n    id: other\n    from:\n      uri: direct:other\n      steps:\n"
                + "        - process:\n            ref: upstream\n";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void has_the_same_place_in_the_route_as_camels(String name, String route) throws Exception {
        for (Ending ending : Ending.values()) {
            assertThat(placed(Parts.MEHARI, route, ending)).isEqualTo(placed(Parts.CAMEL, route, ending));
        }
    }

    private static List<Object> placed(Parts parts, String route, Ending ending) throws Exception {
        String redelivering = """
                - onException:
                    exception: [java.io.IOException]
                    redeliveryPolicy:
                      maximumRedeliveries: 2
                      redeliveryDelay: 0
                """;
        List<Object> seen = new ArrayList<>();
        for (boolean failing : List.of(true, false)) {
            ScriptedUpstream upstream = new ScriptedUpstream(ending);
            if (failing) {
                upstream.fails(new IOException("broken"));
            } else {
                upstream.answers("answer");
            }
            try (EipRoutes routes = new EipRoutes(parts).bind("upstream", upstream)) {
                routes.start(redelivering + route);
                seen.add(comparable(routes.send(e -> e.getMessage().setBody("request"))));
                seen.add(upstream.calls());
            }
        }
        return seen;
    }

    static Stream<Arguments> configurations() {
        return Stream.of(
                Arguments.of("local", "      resilience4jConfiguration: {failureRateThreshold: \"{{rate}}\"}"),
                Arguments.of("referred", "      configuration: tuned"),
                Arguments.of("referred bean", "      configuration: tunedBean"),
                Arguments.of(
                        "local over referred",
                        "      configuration: tuned\n      resilience4jConfiguration: {slidingWindowSize: 7}"),
                Arguments.of("default alone", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configurations")
    void merges_configurations_like_camel(String name, String options) throws Exception {
        assertThat(merged(Parts.MEHARI, options)).isEqualTo(merged(Parts.CAMEL, options));
    }

    private static String merged(Parts parts, String options) throws Exception {
        try (EipRoutes routes = new EipRoutes(parts)) {
            Resilience4jConfigurationDefinition defaults = new Resilience4jConfigurationDefinition();
            defaults.setMinimumNumberOfCalls("3");
            defaults.setSlidingWindowSize("50");
            routes.bind("resilience4j-configuration", defaults);
            Resilience4jConfigurationDefinition tuned = new Resilience4jConfigurationDefinition();
            tuned.setWaitDurationInOpenState("9");
            tuned.setSlidingWindowSize("5");
            tuned.setSlowCallRateThreshold("40");
            tuned.setSlowCallDurationThreshold("4");
            tuned.setAutomaticTransitionFromOpenToHalfOpenEnabled("true");
            routes.bind("tunedBean", tuned);
            routes.context()
                    .getCamelContextExtension()
                    .getContextPlugin(org.apache.camel.model.Model.class)
                    .addResilience4jConfiguration("tuned", tuned);
            routes.context().getPropertiesComponent().addInitialProperty("rate", "12.5");
            routes.bind("upstream", new ScriptedUpstream(Ending.CALLERS_THREAD).answers("x"));
            routes.start(route(options, ""));
            CircuitBreakerConfig config = routes.breaker().getCircuitBreakerConfig();
            return config.toString()
                            .replaceAll("[\\w.$]+(Lambda|\\$\\$)[^,]*", "lambda")
                            .replaceAll("@[0-9a-f]+", "")
                    + config.getWaitIntervalFunctionInOpenState().apply(1);
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    void counts_slow_calls_like_camel(Ending ending) throws Exception {
        assertThat(slow(Parts.MEHARI, ending))
                .isEqualTo(slow(Parts.CAMEL, ending))
                .contains("2 slow", "OPEN");
    }

    static Stream<Ending> endings() {
        return Stream.of(Ending.values());
    }

    private static String slow(Parts parts, Ending ending) throws Exception {
        AtomicLong clock = new AtomicLong();
        CircuitBreaker shared = CircuitBreaker.of(
                "shared",
                CircuitBreakerConfig.custom()
                        .slowCallDurationThreshold(java.time.Duration.ofSeconds(2))
                        .slowCallRateThreshold(60)
                        .minimumNumberOfCalls(3)
                        .slidingWindowSize(3)
                        .currentTimestampFunction(unused -> clock.get(), TimeUnit.SECONDS)
                        .build());
        ScriptedUpstream upstream = new ScriptedUpstream(ending)
                .then(e -> clock.addAndGet(1))
                .then(e -> clock.addAndGet(3))
                .then(e -> clock.addAndGet(3));
        try (EipRoutes routes = new EipRoutes(parts).bind("upstream", upstream).bind("shared", shared)) {
            routes.start(route("      resilience4jConfiguration: {circuitBreaker: shared}", ""));
            for (int i = 0; i < 3; i++) {
                routes.send(e -> {});
            }
            return shared.getMetrics().getNumberOfSlowCalls() + " slow, " + shared.getState();
        }
    }

    private static List<Object> run(Scenario scenario, Parts parts, Ending ending) throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream(ending);
        scenario.script().accept(upstream);
        try (EipRoutes routes = new EipRoutes(parts).bind("upstream", upstream)) {
            String options = scenario.options().isEmpty()
                    ? ""
                    : "      resilience4jConfiguration:\n"
                            + scenario.options().strip().indent(0).replaceAll("(?m)^ *", "        ");
            routes.start(route(options, scenario.fallback()));
            Run run = new Run(routes, upstream);
            scenario.story().accept(run);
            return run.seen;
        }
    }

    static String route(String options, String fallback) {
        return """
                - route:
                    id: guarded
                    from:
                      uri: direct:in
                      steps:
                        - circuitBreaker:
                            id: breaker
                %s
                            steps:
                              - process:
                                  ref: upstream
                              - setHeader:
                                  name: after
                                  constant: steps
                %s
                        - setHeader:
                            name: behind
                            constant: breaker
                """.formatted(
                        options.isEmpty() ? "" : options.indent(6).stripTrailing(),
                        fallback.isEmpty()
                                ? ""
                                : "            onFallback:\n              steps:\n"
                                        + fallback.indent(16).stripTrailing());
    }
}
