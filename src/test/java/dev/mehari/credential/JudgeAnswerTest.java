package dev.mehari.credential;

import static dev.mehari.credential.Credentials.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamEnd;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.DeadlineExceeded;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.failure.UpstreamUnreachable;
import dev.mehari.testing.TestExchange;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeAnswerTest {
    private final PoolFixture fixture = new PoolFixture().with(key(1));
    private final JudgeAnswer judgeAnswer = new JudgeAnswer(fixture.pool);
    private final LearnFromFailure learnFromFailure = new LearnFromFailure(fixture.pool);
    private final Exchange exchange = TestExchange.create();

    @BeforeEach
    void begin() {
        exchange.setProperty(ExchangeKeys.ATTEMPT, fixture.take());
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 302, 400, 404, 413, 422})
    void counts_what_is_not_the_credentials_fault_as_its_success(int status) throws Exception {
        answer(status, new byte[0]);

        judgeAnswer.process(exchange);

        assertThat(fixture.seen).containsExactly("SUCCESS");
        assertThat(inFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429, 529})
    void hands_refusals_on_for_another_way_to_be_tried(int status) {
        answer(status, "no".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThatThrownBy(() -> judgeAnswer.process(exchange))
                .isInstanceOfSatisfying(UpstreamRefused.class, refused -> {
                    assertThat(refused.status()).isEqualTo(status);
                    assertThat(refused.answer().getBody(String.class)).isEqualTo("no");
                });
        assertThat(fixture.store.benches).isEmpty();
    }

    @Test
    void a_stream_counts_when_it_is_complete() throws Exception {
        TestStream stream = new TestStream();
        answer(200, stream);
        judgeAnswer.process(exchange);
        assertThat(fixture.seen).isEmpty();
        assertThat(inFlight()).isOne();

        stream.end(StreamEnd.Complete.INSTANCE);

        assertThat(fixture.seen).containsExactly("SUCCESS");
        assertThat(inFlight()).isZero();
    }

    @Test
    void a_broken_stream_is_a_failure_and_one_given_up_is_neither() throws Exception {
        TestStream broken = new TestStream();
        answer(200, broken);
        judgeAnswer.process(exchange);
        broken.end(new StreamEnd.Failed(new IllegalStateException("cut")));
        begin();
        TestStream left = new TestStream();
        answer(200, left);
        judgeAnswer.process(exchange);
        left.end(StreamEnd.Discarded.INSTANCE);

        assertThat(fixture.seen).containsExactly("FAILED", "ABANDONED");
        assertThat(fixture.store.benches).isEmpty();
        assertThat(inFlight()).isZero();
    }

    @Test
    void a_refusal_benches_and_ends_the_try() {
        answer(429, new byte[0]);
        exchange.setException(
                new IllegalStateException("the breaker hands it on", new UpstreamRefused(429, exchange.getMessage())));

        learnFromFailure.process(exchange);
        learnFromFailure.process(exchange);

        assertThat(fixture.store.benches).hasSize(1);
        assertThat(fixture.seen).containsExactly("REFUSED");
        assertThat(inFlight()).isZero();
    }

    @Test
    void no_connection_and_no_answer_in_time_are_not_the_credentials_doing() {
        exchange.setException(new UpstreamUnreachable("no route", null));
        learnFromFailure.process(exchange);
        begin();
        exchange.setException(new UpstreamTimeout(UpstreamTimeout.Stage.FIRST_BYTE, "late"));
        learnFromFailure.process(exchange);

        assertThat(fixture.seen).containsExactly("FAILED", "FAILED");
        assertThat(fixture.store.benches).isEmpty();
        assertThat(inFlight()).isZero();
    }

    @Test
    void a_call_whose_own_time_is_over_says_nothing() throws Exception {
        exchange.setException(new IllegalStateException("the breaker hands it on", new DeadlineExceeded("too late")));
        learnFromFailure.process(exchange);
        exchange.setException(null);
        begin();
        TestStream cut = new TestStream();
        answer(200, cut);
        judgeAnswer.process(exchange);
        cut.end(new StreamEnd.Failed(new DeadlineExceeded("too late")));

        assertThat(fixture.seen).containsExactly("ABANDONED", "ABANDONED");
        assertThat(fixture.store.benches).isEmpty();
        assertThat(inFlight()).isZero();
    }

    @Test
    void a_client_that_left_says_nothing() {
        exchange.setException(new ClientGone());
        learnFromFailure.process(exchange);

        assertThat(fixture.seen).containsExactly("ABANDONED");
        assertThat(inFlight()).isZero();
    }

    @Test
    void a_call_without_a_try_passes() throws Exception {
        Exchange other = TestExchange.create();
        judgeAnswer.process(other);
        learnFromFailure.process(other);

        assertThat(inFlight()).isOne();
    }

    private void answer(int status, Object body) {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setBody(body);
    }

    private int inFlight() {
        return fixture.pool.views().get(0).inFlight();
    }
}
