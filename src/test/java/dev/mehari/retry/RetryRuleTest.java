package dev.mehari.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.RetryConfig;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.DeadlineExceeded;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.failure.UpstreamTimeout.Stage;
import dev.mehari.failure.UpstreamUnreachable;
import dev.mehari.retry.RetryDecision.Again;
import dev.mehari.retry.RetryDecision.GiveUp;
import dev.mehari.retry.RetryDecision.Reason;
import dev.mehari.testing.TestExchange;
import dev.mehari.upstream.Ways.Left;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which failed tries are followed by another, and when. */
class RetryRuleTest {
    private static final Again AT_ONCE = new Again(Duration.ZERO, false);
    private static final Again AFTER_BACKOFF = new Again(null, false);

    private final RetryRule rule = new RetryRule(new RetryConfig(
            2, Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofSeconds(30), 20, Set.of(429, 503, 529)));

    private static Throwable answered(int status) {
        return new UpstreamRefused(status, TestExchange.create().getMessage());
    }

    private RetryDecision post(Throwable failure, Left left) {
        return rule.decide(new FailedTry(failure, 1, false, false, left, null, null));
    }

    private RetryDecision get(Throwable failure) {
        return rule.decide(new FailedTry(failure, 1, true, false, Left.SAME, null, null));
    }

    private RetryDecision asked(Duration asked, Duration timeLeft, int tries) {
        return rule.decide(new FailedTry(answered(503), tries, false, false, Left.SAME, asked, timeLeft));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503, 529})
    void statuses_that_say_that_nothing_was_done_are_tried_again_for_any_request(int status) {
        assertThat(post(answered(status), Left.SAME)).isEqualTo(AFTER_BACKOFF);
        assertThat(post(answered(status), Left.OTHER)).isEqualTo(AT_ONCE);
        assertThat(post(answered(status), Left.NONE)).isEqualTo(new GiveUp(Reason.NO_WAY));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void what_is_said_of_the_credential_is_tried_with_another_only(int status) {
        assertThat(post(answered(status), Left.OTHER)).isEqualTo(AT_ONCE);
        assertThat(post(answered(status), Left.SAME)).isEqualTo(new GiveUp(Reason.NO_WAY));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 504})
    void other_failures_of_the_upstream_are_tried_again_where_asking_twice_does_no_harm(int status) {
        assertThat(post(answered(status), Left.OTHER)).isEqualTo(new GiveUp(Reason.UNSAFE));
        assertThat(get(answered(status))).isEqualTo(AFTER_BACKOFF);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 413, 422})
    void what_is_said_of_the_request_is_never_tried_again(int status) {
        assertThat(get(answered(status))).isEqualTo(new GiveUp(Reason.HOPELESS));
    }

    @Test
    void a_connection_that_never_stood_is_tried_again_for_any_request() {
        assertThat(post(new UpstreamUnreachable("", null), Left.SAME)).isEqualTo(AFTER_BACKOFF);
        assertThat(post(new UpstreamTimeout(Stage.CONNECT, ""), Left.SAME)).isEqualTo(AFTER_BACKOFF);
    }

    @Test
    void a_request_that_was_sent_and_not_answered_is_tried_again_where_asking_twice_does_no_harm() {
        assertThat(post(new UpstreamTimeout(Stage.FIRST_BYTE, ""), Left.OTHER)).isEqualTo(new GiveUp(Reason.UNSAFE));
        assertThat(post(new UpstreamBroken("", null), Left.OTHER)).isEqualTo(new GiveUp(Reason.UNSAFE));
        assertThat(get(new UpstreamTimeout(Stage.FIRST_BYTE, ""))).isEqualTo(AFTER_BACKOFF);
        assertThat(get(new UpstreamBroken("", null))).isEqualTo(AFTER_BACKOFF);
        assertThat(get(new UpstreamTimeout(Stage.TOTAL, ""))).isEqualTo(new GiveUp(Reason.HOPELESS));
    }

    @Test
    void a_call_whose_own_time_is_over_is_not_tried_again() {
        assertThat(get(new RuntimeException(new DeadlineExceeded("too late")))).isEqualTo(new GiveUp(Reason.DEADLINE));
    }

    @Test
    void an_open_breaker_is_gone_round_and_not_waited_for() {
        Throwable open = new RuntimeException(CallNotPermittedException.createCallNotPermittedException(
                CircuitBreaker.ofDefaults("upstream-breaker:one")));

        assertThat(post(open, Left.OTHER)).isEqualTo(new Again(Duration.ZERO, true));
        assertThat(rule.decide(new FailedTry(open, 3, false, false, Left.OTHER, null, null)))
                .isEqualTo(new GiveUp(Reason.EXHAUSTED));
        assertThat(post(open, Left.SAME)).isEqualTo(new GiveUp(Reason.NO_WAY));
    }

    @Test
    void our_own_refusals_are_never_tried_again() {
        assertThat(get(new GatewayBusy(GatewayBusy.Reason.NO_CREDENTIAL, "", Duration.ofSeconds(1))))
                .isEqualTo(new GiveUp(Reason.HOPELESS));
        assertThat(get(new ClientGone())).isEqualTo(new GiveUp(Reason.HOPELESS));
        assertThat(get(new IllegalStateException())).isEqualTo(new GiveUp(Reason.HOPELESS));
    }

    @Test
    void nothing_is_tried_again_for_a_client_that_has_left() {
        assertThat(rule.decide(new FailedTry(answered(503), 1, true, true, Left.OTHER, null, null)))
                .isEqualTo(new GiveUp(Reason.CLIENT_GONE));
    }

    @Test
    void tries_end_at_their_number() {
        assertThat(asked(null, null, 2)).isEqualTo(AFTER_BACKOFF);
        assertThat(asked(null, null, 3)).isEqualTo(new GiveUp(Reason.EXHAUSTED));
    }

    @Test
    void the_wait_that_is_asked_for_is_kept_unless_it_is_too_long() {
        assertThat(asked(Duration.ofSeconds(30), null, 1)).isEqualTo(new Again(Duration.ofSeconds(30), false));
        assertThat(asked(Duration.ofMillis(30_001), null, 1)).isEqualTo(new GiveUp(Reason.TOO_LONG));
        assertThat(asked(Duration.ZERO, null, 1)).as("no wait is no answer").isEqualTo(AFTER_BACKOFF);
    }

    @Test
    void a_try_that_could_not_begin_in_time_is_not_made() {
        assertThat(asked(Duration.ofSeconds(2), Duration.ofSeconds(3), 1))
                .isEqualTo(new Again(Duration.ofSeconds(2), false));
        assertThat(asked(Duration.ofSeconds(2), Duration.ofSeconds(2), 1)).isEqualTo(new GiveUp(Reason.DEADLINE));
        assertThat(asked(null, Duration.ofMillis(201), 1)).isEqualTo(AFTER_BACKOFF);
        assertThat(asked(null, Duration.ofMillis(400), 2)).isEqualTo(new GiveUp(Reason.DEADLINE));
        assertThat(asked(null, Duration.ofMillis(-1), 1)).isEqualTo(new GiveUp(Reason.DEADLINE));
    }
}
