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
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which failed tries are followed by another, and when. */
class RetryRuleTest {
    private static final Again AT_ONCE = new Again(Duration.ZERO, false);
    private static final Again AFTER_BACKOFF = new Again(Duration.ofMillis(200), false);

    private double random = 0.5;
    private final RetryRule rule = rule(2, 2, Duration.ofSeconds(5));

    private RetryRule rule(int max, int multiplier, Duration maxBackoff) {
        RetryConfig config = new RetryConfig(
                max,
                Duration.ofMillis(200),
                multiplier,
                20,
                maxBackoff,
                Duration.ofSeconds(30),
                20,
                Set.of(429, 503, 529));
        return new RetryRule(config, () -> random);
    }

    private static RetryDecision afterMillis(long millis) {
        return new Again(Duration.ofMillis(millis), false);
    }

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
        assertThat(asked(null, null, 2)).isEqualTo(afterMillis(400));
        assertThat(asked(null, null, 3)).isEqualTo(new GiveUp(Reason.EXHAUSTED));
    }

    // row 26
    @Test
    void waits_grow_up_to_a_bound_and_differ_by_a_fifth_each_way() {
        RetryRule patient = rule(9, 3, Duration.ofSeconds(4));
        assertThat(failures(patient)).containsExactly(200L, 600L, 1_800L, 4_000L, 4_000L);
        random = 0;
        assertThat(failures(patient)).containsExactly(160L, 480L, 1_440L, 3_200L, 3_200L);
        random = 1;
        assertThat(failures(patient)).containsExactly(240L, 720L, 2_160L, 4_800L, 4_800L);
        assertThat(failures(rule(9, 1, Duration.ofSeconds(4)))).containsOnly(240L);
    }

    private static List<Long> failures(RetryRule rule) {
        return IntStream.rangeClosed(1, 5)
                .mapToObj(
                        tries -> rule.decide(new FailedTry(answered(503), tries, false, false, Left.SAME, null, null)))
                .map(decision -> ((Again) decision).delay().toMillis())
                .toList();
    }

    // row 26
    @Test
    void a_wait_that_was_asked_for_does_not_make_later_ones_longer() {
        assertThat(asked(Duration.ofSeconds(3), null, 1)).isEqualTo(afterMillis(3_000));
        assertThat(asked(null, null, 2)).isEqualTo(afterMillis(400));
    }

    @Test
    void the_wait_that_is_asked_for_is_kept_unless_it_is_too_long() {
        assertThat(asked(Duration.ofSeconds(30), null, 1)).isEqualTo(new Again(Duration.ofSeconds(30), false));
        assertThat(asked(Duration.ofMillis(30_001), null, 1)).isEqualTo(new GiveUp(Reason.TOO_LONG));
        assertThat(asked(Duration.ofNanos(1_000_001), null, 1))
                .as("not too early")
                .isEqualTo(afterMillis(2));
        assertThat(asked(Duration.ZERO, null, 1)).as("no wait is no answer").isEqualTo(AFTER_BACKOFF);
    }

    @Test
    void a_try_that_could_not_begin_in_time_is_not_made() {
        assertThat(asked(Duration.ofSeconds(2), Duration.ofSeconds(3), 1))
                .isEqualTo(new Again(Duration.ofSeconds(2), false));
        assertThat(asked(Duration.ofSeconds(2), Duration.ofSeconds(2), 1)).isEqualTo(new GiveUp(Reason.DEADLINE));
        assertThat(asked(null, Duration.ofMillis(201), 1)).isEqualTo(AFTER_BACKOFF);
        assertThat(asked(null, Duration.ofMillis(400), 2)).isEqualTo(new GiveUp(Reason.DEADLINE));
        random = 1;
        assertThat(asked(null, Duration.ofMillis(240), 1)).isEqualTo(new GiveUp(Reason.DEADLINE));
        assertThat(asked(null, Duration.ofMillis(241), 1)).isEqualTo(afterMillis(240));
        assertThat(asked(null, Duration.ofMillis(-1), 1)).isEqualTo(new GiveUp(Reason.DEADLINE));
    }
}
