package dev.mehari.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.config.RetryConfig;
import dev.mehari.eip.FakeStream;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.retry.RetryDecision.Reason;
import dev.mehari.testing.FakeCall;
import dev.mehari.testing.TestExchange;
import dev.mehari.upstream.Ways.Left;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;

/** What is done with a try that has failed. */
class NoteFailureTest {
    private static final Set<Integer> STATUSES = Set.of(429, 503);
    private static final RetryRule RULE = new RetryRule(
            new RetryConfig(
                    2, Duration.ofMillis(200), 2, 20, Duration.ofSeconds(5), Duration.ofSeconds(30), 20, STATUSES),
            () -> 1);
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final Exchange exchange = TestExchange.create();
    private final RetryCounts counts = new RetryCounts();
    private final RetryBudget budget = new RetryBudget(20, 0);
    private final List<Throwable> learnt = new ArrayList<>();
    private Left left = Left.SAME;

    private final NoteFailure note = new NoteFailure(
            failed -> learnt.add(failed.getException()),
            unused -> left,
            RULE,
            budget,
            counts,
            null,
            Clock.fixed(NOW, ZoneOffset.UTC),
            () -> 0);

    private Message answer(Object body) {
        Message answer = new DefaultMessage(exchange);
        answer.setHeader("Retry-After", "3");
        answer.setHeader("Content-Encoding", "br");
        answer.setBody(body);
        return answer;
    }

    private boolean fails(Throwable failure) throws Exception {
        exchange.setException(failure);
        note.process(exchange);
        return new TryAgain().matches(exchange);
    }

    @Test
    void the_pool_learns_first_and_the_wait_is_put_where_camel_looks() throws Exception {
        UpstreamRefused refused = new UpstreamRefused(429, answer(new byte[0]));

        assertThat(fails(refused)).isTrue();
        assertThat(learnt).containsExactly(refused);
        assertThat(exchange.getMessage().getHeader(Exchange.REDELIVERY_DELAY)).isEqualTo(3_000L);

        left = Left.OTHER;
        assertThat(fails(new UpstreamRefused(429, answer(new byte[0])))).isTrue();
        assertThat(exchange.getMessage().getHeader(Exchange.REDELIVERY_DELAY)).isEqualTo(0L);
        assertThat(fails(refused)).as("a third try again").isFalse();
        assertThat(counts.again()).isEqualTo(2);
        assertThat(counts.givenUp(Reason.EXHAUSTED)).isEqualTo(1);
    }

    @Test
    void the_backoff_is_waited_where_the_upstream_asks_for_nothing() throws Exception {
        exchange.getMessage().setHeader(Exchange.REDELIVERY_DELAY, 7L);

        assertThat(fails(new UpstreamTimeout(UpstreamTimeout.Stage.CONNECT, "")))
                .isTrue();
        assertThat(exchange.getMessage().getHeader(Exchange.REDELIVERY_DELAY)).isEqualTo(240L);
        assertThat(fails(new UpstreamTimeout(UpstreamTimeout.Stage.CONNECT, "")))
                .isTrue();
        assertThat(exchange.getMessage().getHeader(Exchange.REDELIVERY_DELAY)).isEqualTo(480L);
    }

    @Test
    void what_is_asked_for_outright_comes_before_the_reset_of_limits() throws Exception {
        Message answer = answer(new byte[0]);
        answer.setHeader("x-ratelimit-reset", "9");
        fails(new UpstreamRefused(429, answer));
        assertThat(exchange.getMessage().getHeader(Exchange.REDELIVERY_DELAY)).isEqualTo(3_000L);

        answer.removeHeader("Retry-After");
        fails(new UpstreamRefused(429, answer));
        assertThat(exchange.getMessage().getHeader(Exchange.REDELIVERY_DELAY)).isEqualTo(9_000L);
    }

    @Test
    void a_wait_that_is_over_leaves_it_to_the_backoff() throws Exception {
        Message answer = answer(new byte[0]);
        answer.setHeader("Retry-After", "Sat, 21 Nov 2026 11:00:00 GMT");
        answer.setHeader("x-ratelimit-reset", "9");

        assertThat(fails(new UpstreamRefused(429, answer))).isTrue();

        assertThat(exchange.getMessage().getHeader(Exchange.REDELIVERY_DELAY)).isEqualTo(240L);
    }

    @Test
    void an_answer_that_may_yet_be_passed_on_is_not_written_over() throws Exception {
        Message answer = answer("slow down");
        exchange.setMessage(answer);
        fails(new UpstreamRefused(429, answer));
        // What Camel does before it redelivers.
        exchange.getMessage().setBody("the request");

        assertThat(answer.getBody()).isEqualTo("slow down");
    }

    @Test
    void the_stream_of_an_answer_that_is_dropped_is_given_up() throws Exception {
        FakeStream dropped = new FakeStream();
        Message answer = answer(dropped);
        assertThat(fails(new UpstreamRefused(503, answer))).isTrue();
        assertThat(dropped.isDiscarded()).isTrue();
        assertThat(answer.getBody()).isEqualTo(new byte[0]);
        assertThat(answer.getHeaders()).doesNotContainKey("Content-Encoding");

        FakeStream last = new FakeStream();
        left = Left.NONE;
        assertThat(fails(new UpstreamRefused(503, answer(last)))).isFalse();
        assertThat(last.isDiscarded()).as("it is the client's").isFalse();
    }

    @Test
    void nothing_is_tried_again_beyond_the_budget() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(budget.take(0)).isTrue();
        }

        assertThat(fails(new UpstreamRefused(503, answer("")))).isFalse();
        assertThat(counts.givenUp(Reason.BUDGET)).isEqualTo(1);
    }

    @Test
    void moving_on_from_an_open_breaker_costs_nothing_of_the_budget() throws Exception {
        Exception open = new IllegalStateException(
                CallNotPermittedException.createCallNotPermittedException(CircuitBreaker.ofDefaults("b")));
        for (int i = 0; i < 10; i++) {
            assertThat(budget.take(0)).isTrue();
        }
        left = Left.OTHER;

        assertThat(fails(open)).isTrue();
        assertThat(fails(new IllegalStateException(open))).isTrue();
        assertThat(fails(new IllegalStateException(open))).as("a third time").isFalse();
        assertThat(counts.givenUp(Reason.EXHAUSTED)).isEqualTo(1);
    }

    @Test
    void the_clients_patience_counts_from_the_beginning_of_its_call() throws Exception {
        exchange.setProperty(ExchangeKeys.CALL, new FakeCall());
        exchange.setProperty(ExchangeKeys.CLIENT_TIMEOUT_MS, 2_999L);

        assertThat(fails(new UpstreamRefused(503, answer("")))).isFalse();
        exchange.setProperty(ExchangeKeys.CLIENT_TIMEOUT_MS, 3_001L);
        assertThat(fails(new UpstreamRefused(503, answer("")))).isTrue();
        assertThat(counts.givenUp(Reason.DEADLINE)).isEqualTo(1);
        assertThat(exchange.getProperty(ExchangeKeys.TRY_BY_NANOS)).isEqualTo(3_001_000_001L);
    }

    @Test
    void a_failure_that_a_try_gives_back_is_noted_once() throws Exception {
        UpstreamRefused refused = new UpstreamRefused(503, answer(""));
        assertThat(fails(refused)).isTrue();

        assertThat(fails(refused)).isFalse();
        assertThat(learnt).containsExactly(refused);
        assertThat(counts.again()).isEqualTo(1);
    }

    @Test
    void a_failure_of_the_pool_tries_nothing_again() throws Exception {
        assertThat(fails(new UpstreamRefused(503, answer("")))).isTrue();
        NoteFailure breaking = new NoteFailure(
                failed -> {
                    throw new IllegalStateException("the pool is broken");
                },
                unused -> left,
                RULE,
                budget,
                counts,
                null,
                Clock.fixed(NOW, ZoneOffset.UTC),
                () -> 0);

        exchange.setException(new UpstreamRefused(503, answer("")));
        assertThatThrownBy(() -> breaking.process(exchange)).hasMessage("the pool is broken");
        assertThat(new TryAgain().matches(exchange)).isFalse();
    }

    @Test
    void the_next_try_of_a_call_whose_client_has_left_ends_it() throws Exception {
        FakeCall call = new FakeCall();
        exchange.setProperty(ExchangeKeys.CALL, call);
        BeginTry begin = new BeginTry(budget, () -> 0);
        begin.process(exchange);
        assertThat(fails(new UpstreamRefused(503, answer("")))).isTrue();
        begin.process(exchange);
        call.end(0, CallRecord.End.CLIENT_GONE);

        assertThatThrownBy(() -> begin.process(exchange)).isInstanceOf(ClientGone.class);
        assertThat(fails(new ClientGone())).isFalse();
    }
}
