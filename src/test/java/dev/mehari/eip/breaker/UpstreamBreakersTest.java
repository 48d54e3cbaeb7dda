package dev.mehari.eip.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.eip.EipRoutes;
import dev.mehari.eip.Parts;
import dev.mehari.eip.ScriptedUpstream;
import dev.mehari.eip.ScriptedUpstream.Ending;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each upstream has a breaker of its own, with the settings of the step. */
class UpstreamBreakersTest {
    private static final String AFTER_TWO =
            "{minimumNumberOfCalls: 2, slidingWindowSize: 2, failureRateThreshold: 100, waitDurationInOpenState: 60,"
                    + " permittedNumberOfCallsInHalfOpenState: 1, throwExceptionWhenHalfOpenOrOpenState: true}";

    private final AtomicLong nanos = new AtomicLong();
    private final ScriptedUpstream upstream = new ScriptedUpstream(Ending.CALLERS_THREAD);
    private @Nullable EipRoutes started;

    private UpstreamBreakers start(String settings) throws Exception {
        started = new EipRoutes(Parts.MEHARI, nanos::get).bind("upstream", upstream);
        started.start(BreakerDifferencesTest.route(settings, ""));
        return started.upstreamBreakers();
    }

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    private Exchange call(String name) {
        return started.send(exchange -> exchange.setProperty("upstream", name));
    }

    private static boolean isTurnedAway(Exchange exchange) {
        return exchange.getException() instanceof CallNotPermittedException;
    }

    private static List<String> states(UpstreamBreakers breakers) {
        return breakers.statuses().stream()
                .map(one -> one.upstream() + " " + one.state())
                .toList();
    }

    @Test
    void one_upstreams_failures_open_its_own_breaker_only() throws Exception {
        UpstreamBreakers breakers = start(AFTER_TWO);
        upstream.fails(new IOException("down"));
        call("one");
        call("one");

        assertThat(isTurnedAway(call("one"))).isTrue();
        upstream.answersOnly("well");
        assertThat(isTurnedAway(call("other"))).isFalse();
        assertThat(states(breakers)).containsExactly("one OPEN", "other CLOSED");
        assertThat(breakers.lets("one")).isFalse();
        assertThat(breakers.lets("other")).isTrue();
        assertThat(breakers.lets("never called")).isTrue();
    }

    @Test
    void an_upstream_can_be_chosen_again_once_its_wait_is_over() throws Exception {
        UpstreamBreakers breakers = start(AFTER_TWO);
        upstream.fails(new IOException("down"));
        call("one");
        call("one");
        nanos.set(TimeUnit.SECONDS.toNanos(59));
        assertThat(breakers.lets("one")).isFalse();
        assertThat(breakers.statuses().get(0).retryAfter()).isEqualTo(Duration.ofSeconds(1));

        nanos.set(TimeUnit.SECONDS.toNanos(60));
        assertThat(breakers.lets("one")).isTrue();
    }

    @Test
    void an_operator_opens_closes_and_resets() throws Exception {
        UpstreamBreakers breakers = start(AFTER_TWO);
        upstream.answers("well");
        breakers.forceOpen("one");
        nanos.set(TimeUnit.DAYS.toNanos(1));
        assertThat(isTurnedAway(call("one"))).isTrue();
        assertThat(breakers.lets("one")).isFalse();
        assertThat(isTurnedAway(call("other"))).isFalse();

        breakers.close("one");
        assertThat(isTurnedAway(call("one"))).isFalse();

        upstream.failsOnly(new IOException("down"));
        call("one");
        breakers.reset("one");
        call("one");
        assertThat(states(breakers)).contains("one CLOSED");
        call("one");
        assertThat(states(breakers)).contains("one OPEN");
    }

    @Test
    void upstreams_that_are_gone_are_forgotten() throws Exception {
        UpstreamBreakers breakers = start(AFTER_TWO);
        upstream.fails(new IOException("down"));
        call("one");
        call("one");
        call("other");
        breakers.retain(List.of("other"));

        assertThat(states(breakers)).containsExactly("other CLOSED");
        assertThat(started.openBreakers().retryAfter("breaker:one")).isZero();
        call("one");
        assertThat(states(breakers)).containsExactly("one CLOSED", "other CLOSED");
    }

    @Test
    void a_call_of_no_upstream_in_particular_has_the_steps_own_breaker() throws Exception {
        UpstreamBreakers breakers = start(AFTER_TWO);
        upstream.fails(new IOException("down"));
        call(null);
        call(null);

        assertThat(started.breaker().getState()).isEqualTo(State.OPEN);
        assertThat(breakers.statuses()).isEmpty();
    }

    // row 29
    @Test
    void a_success_in_between_keeps_a_breaker_of_failures_in_a_row_closed() throws Exception {
        UpstreamBreakers breakers = start(AFTER_TWO);
        for (int i = 0; i < 5; i++) {
            upstream.failsOnly(new IOException("down"));
            call("one");
            upstream.answersOnly("well");
            call("one");
        }
        assertThat(states(breakers)).containsExactly("one CLOSED");
    }

    @Test
    void a_window_of_time_forgets_what_is_older() throws Exception {
        UpstreamBreakers breakers = start("{slidingWindowType: TIME_BASED, slidingWindowSize: 1,"
                + " minimumNumberOfCalls: 2, failureRateThreshold: 50}");
        upstream.fails(new IOException("down"));
        call("one");
        await().atMost(Duration.ofSeconds(5))
                .until(() -> breakers.statuses().get(0).calls() == 0);
        call("one");
        assertThat(states(breakers)).as("one failure in this second").containsExactly("one CLOSED");
        await().atMost(Duration.ofSeconds(5)).until(() -> {
            call("one");
            return states(breakers).contains("one OPEN");
        });
    }

    @Test
    void slow_calls_open_a_breaker_too() throws Exception {
        UpstreamBreakers breakers = start("{slidingWindowSize: 2, minimumNumberOfCalls: 2, slowCallRateThreshold: 100,"
                + " slowCallDurationThreshold: 1}");
        upstream.then(exchange -> {
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_050));
            exchange.getMessage().setBody("well");
        });
        call("one");
        call("one");

        assertThat(states(breakers)).containsExactly("one OPEN");
        assertThat(breakers.statuses().get(0).slowCalls()).isEqualTo(2);
        assertThat(breakers.statuses().get(0).failures()).isZero();
    }

    // row 30
    @Test
    void only_the_set_number_of_trials_passes_and_decides() throws Exception {
        UpstreamBreakers breakers = start("{slidingWindowSize: 2, minimumNumberOfCalls: 2, waitDurationInOpenState: 1,"
                + " permittedNumberOfCallsInHalfOpenState: 2, throwExceptionWhenHalfOpenOrOpenState: true}");
        upstream.fails(new IOException("down"));
        call("one");
        call("one");
        upstream.answersOnly("well");
        await().atMost(Duration.ofSeconds(5)).until(() -> !isTurnedAway(call("one")));
        assertThat(states(breakers)).containsExactly("one HALF_OPEN");
        call("one");
        assertThat(states(breakers)).containsExactly("one CLOSED");
    }
}
