package dev.mehari.credential;

import static dev.mehari.credential.Credentials.key;
import static dev.mehari.credential.Credentials.limited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.testing.LoopCall;
import dev.mehari.testing.TestExchange;
import dev.mehari.upstream.Candidates;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import dev.mehari.upstream.Ways;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TakeCredentialTest {
    private final PoolFixture fixture = new PoolFixture();
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final TakeCredential patient = new TakeCredential(fixture.pool, Duration.ofSeconds(30));
    private final TakeCredential hasty = new TakeCredential(fixture.pool, Duration.ofMillis(30));

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    /** A call and what came of its step. */
    private final class Asking {
        final Exchange exchange = TestExchange.create();
        final LoopCall call = new LoopCall(loop);
        final CountDownLatch done = new CountDownLatch(1);

        Asking() {
            exchange.setProperty(ExchangeKeys.CALL, call);
            exchange.setProperty(ExchangeKeys.CANDIDATES, Candidates.only(fixture.up));
        }

        Asking by(TakeCredential taker) {
            taker.process(exchange, sync -> done.countDown());
            return this;
        }

        boolean isDone() {
            return done.getCount() == 0;
        }

        Asking awaitDone() throws InterruptedException {
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            return this;
        }

        Attempt attempt() {
            return (Attempt) exchange.getProperty(ExchangeKeys.ATTEMPT);
        }
    }

    @Test
    void leaves_the_attempt_its_upstream_and_what_is_to_be_sent() {
        fixture.with(key(1));

        Asking asking = new Asking().by(patient);

        assertThat(asking.isDone()).isTrue();
        assertThat(asking.exchange.getProperty(ExchangeKeys.UPSTREAM)).isSameAs(fixture.up);
        assertThat(asking.exchange.getProperty(ExchangeKeys.CREDENTIAL))
                .isEqualTo(new UpstreamCredential("Authorization", "Bearer secret-1"));
        assertThat(((AttemptLog) asking.exchange.getProperty(ExchangeKeys.ATTEMPTS)).attempts())
                .containsExactly(asking.attempt());
    }

    @Test
    void the_end_of_the_call_gives_the_place_back() {
        fixture.with(limited(1, 1));
        Asking asking = new Asking().by(patient);

        asking.call.end();
        asking.attempt().end();

        assertThat(fixture.pool.views().get(0).inFlight()).isZero();
    }

    @Test
    void those_who_wait_are_served_in_the_order_in_which_they_came() throws Exception {
        fixture.with(limited(1, 1));
        Attempt busy = fixture.take();
        List<Asking> waiting = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            waiting.add(new Asking().by(patient));
            int count = i;
            await().until(() -> fixture.pool.waiting().waiting() == count);
        }

        busy.end();
        waiting.get(0).awaitDone();
        assertThat(waiting.get(1).isDone() || waiting.get(2).isDone()).isFalse();

        Asking newcomer = new Asking().by(patient);
        for (Asking one : waiting) {
            one.awaitDone().attempt().end();
        }
        assertThat(newcomer.awaitDone().attempt()).isNotNull();
    }

    @Test
    void who_waited_for_too_long_is_told_so() throws Exception {
        fixture.with(limited(1, 1));
        fixture.take();

        Asking asking = new Asking().by(hasty).awaitDone();

        GatewayBusy failure = asking.exchange.getException(GatewayBusy.class);
        assertThat(failure.reason()).isEqualTo(GatewayBusy.Reason.UPSTREAM_BUSY);
        assertThat(failure.retryAfter()).isPositive();
        assertThat(fixture.pool.waiting().waiting()).isZero();
    }

    @Test
    void nobody_waits_longer_than_its_client_does_counted_from_the_beginning_of_the_call() throws Exception {
        fixture.with(limited(1, 1));
        fixture.take();
        Asking asking = new Asking();
        asking.call.startedAt(fixture.time.nanos());
        asking.exchange.setProperty(ExchangeKeys.CLIENT_TIMEOUT_MS, 25_000L);
        fixture.time.pass(Duration.ofMillis(24_950));

        asking.by(patient);

        assertThat(asking.done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(asking.exchange.getException()).isInstanceOf(GatewayBusy.class);
    }

    // row 28
    @Test
    void a_retry_waits_no_longer_than_until_it_has_to_begin_and_then_fails_as_the_try_before_it() throws Exception {
        fixture.with(limited(1, 1));
        Asking asking = new Asking().by(patient);
        UpstreamBroken before = new UpstreamBroken("reset", null);
        asking.exchange.setProperty(Exchange.EXCEPTION_CAUGHT, before);
        asking.attempt().end();
        fixture.take();
        asking.exchange.setProperty(ExchangeKeys.TRY_BY_NANOS, fixture.time.nanos() + 50_000_000);
        CountDownLatch again = new CountDownLatch(1);

        patient.process(asking.exchange, sync -> again.countDown());

        assertThat(again.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(asking.exchange.getException()).isSameAs(before);
    }

    @Test
    void a_client_that_leaves_waits_no_longer_and_takes_nothing() throws Exception {
        fixture.with(limited(1, 1));
        Attempt busy = fixture.take();
        Asking asking = new Asking().by(patient);
        await().until(() -> fixture.pool.waiting().waiting() == 1);

        asking.call.clientLeaves();

        assertThat(asking.awaitDone().exchange.getException()).isInstanceOf(ClientGone.class);
        busy.end();
        assertThat(fixture.pool.views().get(0).inFlight()).isZero();
    }

    @Test
    void a_client_that_has_left_before_does_not_wait_in_line() throws Exception {
        fixture.with(limited(1, 1));
        fixture.take();
        Asking asking = new Asking();
        asking.call.clientLeaves();

        asking.by(patient);

        assertThat(asking.awaitDone().exchange.getException()).isInstanceOf(ClientGone.class);
        assertThat(fixture.pool.waiting().waiting()).isZero();
    }

    @Test
    void a_call_waits_for_the_only_token_to_be_refreshed() throws Exception {
        fixture.with(Credentials.oauth(1, null, null, 0));
        Asking asking = new Asking().by(patient);
        await().until(() -> fixture.pool.waiting().waiting() == 1);

        fixture.with(Credentials.oauth(1, "new", TestTime.START.plusSeconds(60), 1));

        assertThat(asking.awaitDone().attempt().credential().tokenVersion()).isEqualTo(1);
    }

    @Test
    void says_when_to_come_back_when_nothing_is_usable() {
        // row 85
        fixture.with(key(1));
        fixture.refuse(fixture.take(), 503);

        GatewayBusy failure = new Asking().by(patient).exchange.getException(GatewayBusy.class);

        assertThat(failure.reason()).isEqualTo(GatewayBusy.Reason.NO_CREDENTIAL);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void a_retry_for_which_nothing_is_left_fails_as_the_try_before_it() {
        // row 85
        fixture.with(key(1));
        Asking asking = new Asking().by(patient);
        asking.exchange.getMessage().setBody("busy".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        UpstreamRefused before = new UpstreamRefused(429, asking.exchange.getMessage());
        asking.exchange.setProperty(Exchange.EXCEPTION_CAUGHT, before);
        new LearnFromFailure(fixture.pool).process(asking.exchange);

        asking.by(patient);

        assertThat(asking.exchange.getException()).isSameAs(before);
    }

    @Test
    void after_an_upstreams_own_failure_another_upstream_comes_first() {
        fixture.with(key(1), key(2), key(3, "other", 50));
        Asking asking = new Asking();
        asking.exchange.setProperty(ExchangeKeys.CANDIDATES, several(fixture.up, Credentials.upstream("other")));
        asking.by(patient);
        asking.exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new UpstreamBroken("reset", null));
        new LearnFromFailure(fixture.pool).process(asking.exchange);

        asking.by(patient);

        assertThat(asking.attempt().upstream().name()).isEqualTo("other");
    }

    private static Candidates several(Upstream... best) {
        return new Candidates(List.of(best), List.of(), best[0]);
    }

    // row 32
    @Test
    void an_upstream_that_is_left_alone_is_used_when_no_other_has_anything() {
        fixture.with(key(1), key(3, "other", 50));
        Upstream other = Credentials.upstream("other");
        Candidates candidates = new Candidates(List.of(fixture.up), List.of(other), other);
        Asking asking = new Asking();
        asking.exchange.setProperty(ExchangeKeys.CANDIDATES, candidates);
        Ways ways = new PoolWays(fixture.pool, upstream -> true, upstream -> !upstream.equals(other));
        asking.by(patient);
        assertThat(asking.attempt().upstream()).isSameAs(fixture.up);
        assertThat(ways.left(asking.exchange)).isEqualTo(Ways.Left.SAME);

        fixture.refuse(asking.attempt(), 401);
        assertThat(ways.left(asking.exchange)).isEqualTo(Ways.Left.OTHER);
        asking.by(patient);
        assertThat(asking.attempt().upstream()).isSameAs(other);
        assertThat(ways.left(asking.exchange)).isEqualTo(Ways.Left.NONE);
    }

    // row 32
    @Test
    void an_upstream_that_is_left_alone_is_used_when_the_others_are_lost_during_the_wait() throws Exception {
        fixture.with(limited(1, 1), key(3, "other", 50));
        Attempt busy = fixture.take();
        Upstream other = Credentials.upstream("other");
        Asking asking = new Asking();
        asking.exchange.setProperty(
                ExchangeKeys.CANDIDATES, new Candidates(List.of(fixture.up), List.of(other), other));
        asking.by(patient);
        await().until(() -> fixture.pool.waiting().waiting() == 1);

        fixture.refuse(busy, 401);

        assertThat(asking.awaitDone().attempt().upstream()).isSameAs(other);
    }

    @Test
    void a_new_try_discards_what_was_answered_to_the_one_before() {
        fixture.with(key(1), key(2));
        Asking asking = new Asking().by(patient);
        TestStream body = new TestStream();
        asking.exchange.getMessage().setBody(body);
        UpstreamRefused before =
                new UpstreamRefused(429, asking.exchange.getMessage().copy());
        asking.exchange.setProperty(Exchange.EXCEPTION_CAUGHT, before);
        new LearnFromFailure(fixture.pool).process(asking.exchange);
        assertThat(body.discarded).isFalse();

        asking.by(patient);

        assertThat(body.discarded).isTrue();
        assertThat(asking.exchange.getProperty(Exchange.EXCEPTION_CAUGHT))
                .as("got over")
                .isNull();
    }

    @Test
    void a_call_for_which_no_upstream_was_chosen_has_no_way_left() {
        Exchange exchange = TestExchange.create();

        assertThat(new PoolWays(fixture.pool, upstream -> true, upstream -> true).left(exchange))
                .isEqualTo(Ways.Left.NONE);
    }

    @Test
    void knows_which_ways_are_left() {
        // row 82
        fixture.with(key(1), key(2));
        Ways ways = new PoolWays(fixture.pool, upstream -> true, upstream -> true);
        Asking asking = new Asking().by(patient);
        assertThat(ways.left(asking.exchange)).isEqualTo(Ways.Left.OTHER);
        assertThat(new PoolWays(fixture.pool, upstream -> false, upstream -> true).left(asking.exchange))
                .isEqualTo(Ways.Left.NONE);

        fixture.refuse(fixture.take(), 401); // the other one
        assertThat(ways.left(asking.exchange)).isEqualTo(Ways.Left.SAME);

        fixture.refuse(asking.attempt(), 401);
        assertThat(ways.left(asking.exchange)).isEqualTo(Ways.Left.NONE);
    }
}
