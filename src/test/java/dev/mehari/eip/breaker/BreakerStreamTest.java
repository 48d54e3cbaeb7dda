package dev.mehari.eip.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.eip.EipRoutes;
import dev.mehari.eip.FakeStream;
import dev.mehari.eip.Parts;
import dev.mehari.eip.ScriptedUpstream;
import dev.mehari.eip.ScriptedUpstream.Ending;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamEnd;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.DeadlineExceeded;
import dev.mehari.failure.RequestRejected;
import dev.mehari.testing.LoopCall;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What counts: the end of the stream, and nothing that a client does. */
class BreakerStreamTest {
    private static final String OPENS_AFTER_TWO =
            "{minimumNumberOfCalls: 2, slidingWindowSize: 2, permittedNumberOfCallsInHalfOpenState: 1}";

    private final ScriptedUpstream upstream = new ScriptedUpstream(Ending.OTHER_THREAD);
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final LoopCall call = new LoopCall(loop);
    private EipRoutes routes;

    @BeforeEach
    void start() throws Exception {
        routes = new EipRoutes(Parts.MEHARI).bind("upstream", upstream);
        routes.start(BreakerDifferencesTest.route(OPENS_AFTER_TWO, ""));
    }

    @AfterEach
    void stop() {
        routes.close();
        loop.shutdownNow();
    }

    @Test
    void a_stream_is_counted_when_it_ends() {
        FakeStream stream = streamThrough();
        assertThat(counted()).isEqualTo("0 failed of 0");
        stream.end(StreamEnd.Complete.INSTANCE);
        assertThat(counted()).isEqualTo("0 failed of 1");
    }

    // row 27
    @Test
    void a_stream_that_the_upstream_breaks_counts_as_failure() {
        streamThrough().end(new StreamEnd.Failed(new IOException("cut")));
        streamThrough().end(new StreamEnd.Failed(new IOException("cut")));
        assertThat(routes.breaker().getState()).isEqualTo(State.OPEN);
    }

    // row 31
    @Test
    void twenty_streams_given_up_by_their_clients_leave_the_breaker_closed() {
        for (int i = 0; i < 20; i++) {
            streamThrough().discard();
        }
        assertThat(counted()).isEqualTo("0 failed of 0");
        assertThat(routes.breaker().getState()).isEqualTo(State.CLOSED);
    }

    // row 31
    @Test
    void twenty_clients_that_leave_before_the_answer_leave_the_breaker_closed() throws Exception {
        upstream.fails(new IOException("we closed the upstream connection"));
        call.clientLeaves();
        for (int i = 0; i < 20; i++) {
            send();
        }
        assertThat(counted()).isEqualTo("0 failed of 0");
    }

    // row 31
    @Test
    void failures_that_are_the_clients_are_not_counted() {
        upstream.fails(new ClientGone());
        send();
        upstream.failsOnly(new RequestRejected(RequestRejected.Kind.MALFORMED, "bad", "400", null));
        send();
        assertThat(counted()).isEqualTo("0 failed of 0");
    }

    @Test
    void calls_whose_own_time_is_over_are_not_counted_and_do_not_stick_as_trials() {
        upstream.fails(new DeadlineExceeded("too late"));
        for (int i = 0; i < 4; i++) {
            send();
        }
        assertThat(counted()).isEqualTo("0 failed of 0");
        streamThrough().end(new StreamEnd.Failed(new DeadlineExceeded("too late")));
        assertThat(counted()).isEqualTo("0 failed of 0");

        routes.breaker().transitionToOpenState();
        routes.breaker().transitionToHalfOpenState();
        upstream.failsOnly(new DeadlineExceeded("too late"));
        int before = upstream.calls();
        send();
        send();
        assertThat(upstream.calls() - before).as("one trial after the other").isEqualTo(2);
    }

    // row 30
    @Test
    void a_trial_that_its_client_gives_up_does_not_stick() {
        routes.breaker().transitionToOpenState();
        routes.breaker().transitionToHalfOpenState();
        FakeStream trial = streamThrough();
        send();
        assertThat(upstream.calls()).as("one trial at a time").isEqualTo(1);

        trial.discard();
        FakeStream next = streamThrough();
        assertThat(upstream.calls()).isEqualTo(2);
        next.end(StreamEnd.Complete.INSTANCE);
        assertThat(routes.breaker().getState()).isEqualTo(State.CLOSED);
    }

    // row 30
    @Test
    void streams_from_before_the_half_open_period_neither_decide_it_nor_add_trials() {
        FakeStream failing = streamThrough();
        FakeStream complete = streamThrough();
        FakeStream abandoned = streamThrough();
        routes.breaker().transitionToOpenState();
        routes.breaker().transitionToHalfOpenState();

        failing.end(new StreamEnd.Failed(new IOException("cut")));
        complete.end(StreamEnd.Complete.INSTANCE);
        abandoned.discard();
        assertThat(routes.breaker().getState()).isEqualTo(State.HALF_OPEN);

        streamThrough();
        streamThrough();
        assertThat(upstream.calls()).as("three before and one trial").isEqualTo(4);
    }

    @Test
    void a_trial_from_an_earlier_half_open_period_does_not_decide_a_later_one() {
        routes.breaker().transitionToOpenState();
        routes.breaker().transitionToHalfOpenState();
        FakeStream trial = streamThrough();
        routes.breaker().transitionToOpenState();
        routes.breaker().transitionToHalfOpenState();
        trial.end(StreamEnd.Complete.INSTANCE);
        assertThat(routes.breaker().getState()).isEqualTo(State.HALF_OPEN);
    }

    private FakeStream streamThrough() {
        FakeStream stream = new FakeStream();
        upstream.answersOnly(stream);
        send();
        return stream;
    }

    private Exchange send() {
        return routes.send(exchange -> exchange.setProperty(ExchangeKeys.CALL, call));
    }

    private String counted() {
        var metrics = routes.breaker().getMetrics();
        return metrics.getNumberOfFailedCalls() + " failed of " + metrics.getNumberOfBufferedCalls();
    }
}
