package dev.mehari.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.answer.FailureAnswers;
import dev.mehari.caller.AllowList;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.testing.LoopCall;
import dev.mehari.testing.TestExchange;
import dev.mehari.upstream.Candidates;
import dev.mehari.upstream.Upstream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpaceUserMessagesTest {
    private static final Duration GAP = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final UserGap AWAY = (credential, gap, longest) ->
            CompletableFuture.failedFuture(new StorageUnavailable("away", Duration.ofSeconds(1), null));
    private static final UserGap FREE = (credential, gap, longest) -> CompletableFuture.completedFuture(Duration.ZERO);
    private static final UserGap SILENT = (credential, gap, longest) -> new CompletableFuture<>();

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService otherLoop = Executors.newSingleThreadScheduledExecutor();
    private final List<Long> sent = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        loop.shutdownNow();
        otherLoop.shutdownNow();
    }

    private static Attempt attempt(Duration gap) {
        Upstream upstream = Upstream.at("up", Dialect.OPENAI, URI.create("http://127.0.0.1:1"), null, null);
        Credential credential = new Credential(
                7, "up", "c", Credential.Kind.API_KEY, null, null, 0, null, 50, 1, 0, 0, gap, AllowList.ALL, true);
        return new Attempt(upstream, credential, null, 0, () -> {});
    }

    private Exchange exchange(LoopCall call, Duration gap, Boolean userTurn) {
        Exchange exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.CALL, call);
        exchange.setProperty(ExchangeKeys.ATTEMPT, attempt(gap));
        exchange.setProperty(ExchangeKeys.USER_TURN, userTurn);
        return exchange;
    }

    private Exchange send(SpaceUserMessages processor) {
        Exchange exchange = exchange(new LoopCall(sent.size() % 2 == 0 ? loop : otherLoop), GAP, true);
        processor.process(exchange, doneSync -> sent.add(System.nanoTime()));
        return exchange;
    }

    private void assertSpaced(int turns) {
        await().atMost(Duration.ofSeconds(10)).until(() -> sent.size() == turns);
        List<Long> sorted = sent.stream().sorted().toList();
        for (int i = 1; i < turns; i++) {
            assertThat(Duration.ofNanos(sorted.get(i) - sorted.get(i - 1))).isGreaterThanOrEqualTo(GAP);
        }
    }

    @Test // row 22
    void messages_of_people_are_sent_at_least_the_gap_apart() {
        SpaceUserMessages processor = new SpaceUserMessages(FREE, PATIENCE, System::nanoTime);
        for (int i = 0; i < 5; i++) {
            send(processor);
        }

        assertSpaced(5);
    }

    @Test // row 22
    void the_gap_of_this_instance_holds_while_the_database_is_away() {
        SpaceUserMessages processor = new SpaceUserMessages(AWAY, PATIENCE, System::nanoTime);
        for (int i = 0; i < 5; i++) {
            send(processor);
        }

        assertSpaced(5);
    }

    @Test // row 22
    void a_database_that_says_nothing_holds_nobody_up_for_long() {
        SpaceUserMessages processor = new SpaceUserMessages(SILENT, PATIENCE, System::nanoTime);
        send(processor);
        send(processor);

        assertSpaced(2);
    }

    @Test // row 22
    void results_of_tools_and_credentials_without_a_gap_are_not_delayed() {
        AtomicInteger reserved = new AtomicInteger();
        SpaceUserMessages processor = new SpaceUserMessages(
                (credential, gap, longest) -> {
                    reserved.incrementAndGet();
                    return CompletableFuture.completedFuture(Duration.ofSeconds(50));
                },
                PATIENCE,
                System::nanoTime);

        assertThat(processor.process(exchange(new LoopCall(loop), GAP, false), done -> {}))
                .isTrue();
        assertThat(processor.process(exchange(new LoopCall(loop), GAP, null), done -> {}))
                .isTrue();
        assertThat(processor.process(exchange(new LoopCall(loop), Duration.ZERO, true), done -> {}))
                .isTrue();
        assertThat(reserved).hasValue(0);
    }

    @Test // row 22
    void a_turn_that_comes_too_late_is_refused_with_the_header_that_clients_know() {
        UserGap full = (credential, gap, longest) -> {
            assertThat(longest).isEqualTo(PATIENCE);
            return CompletableFuture.completedFuture(null);
        };
        Exchange exchange = send(new SpaceUserMessages(full, PATIENCE, System::nanoTime));
        await().until(() -> sent.size() == 1);

        assertThat(exchange.getException()).isInstanceOf(GatewayBusy.class);
        var answer = new FailureAnswers().answer(exchange.getException(), Dialect.ANTHROPIC, "/v1/messages", "r");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry("x-user-message-queue-error", "queue_timeout");
        assertThat(answer.headers()).containsKey("Retry-After");
    }

    @Test // row 28
    void a_retry_that_gets_no_turn_in_time_fails_as_the_try_before_it() {
        UserGap full = (credential, gap, longest) -> CompletableFuture.completedFuture(null);
        Exchange exchange = exchange(new LoopCall(loop), GAP, true);
        PoolFixture fixture = new PoolFixture();
        fixture.with(Credentials.key(1), Credentials.key(2));
        exchange.setProperty(ExchangeKeys.CANDIDATES, Candidates.only(fixture.up));
        TakeCredential takeCredential = new TakeCredential(fixture.pool, Duration.ZERO);
        takeCredential.process(exchange, done -> {});
        Exception before = new UpstreamRefused(429, exchange.getMessage());
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, before);
        takeCredential.process(exchange, done -> {});
        exchange.setProperty(ExchangeKeys.ATTEMPT, attempt(GAP));

        new SpaceUserMessages(full, PATIENCE, System::nanoTime)
                .process(exchange, doneSync -> sent.add(System.nanoTime()));

        await().until(() -> sent.size() == 1);
        assertThat(exchange.getException()).isSameAs(before);
    }

    @Test // row 22
    void nobody_waits_longer_for_a_turn_than_the_client_does() {
        SpaceUserMessages processor = new SpaceUserMessages(FREE, PATIENCE, System::nanoTime);
        send(processor);
        // 40 ms of its ten seconds are left.
        long began = System.nanoTime() - Duration.ofMillis(9_960).toNanos();
        Exchange exchange = exchange(new LoopCall(loop).startedAt(began), GAP, true);
        exchange.setProperty(ExchangeKeys.CLIENT_TIMEOUT_MS, 10_000L);

        processor.process(exchange, doneSync -> sent.add(System.nanoTime()));

        await().until(() -> sent.size() == 2);
        assertThat(exchange.getException()).isInstanceOf(GatewayBusy.class);
    }

    @Test // row 22
    void a_client_that_leaves_sends_nothing() throws Exception {
        UserGap late = (credential, gap, longest) -> CompletableFuture.completedFuture(Duration.ofSeconds(30));
        LoopCall call = new LoopCall(loop);
        Exchange exchange = exchange(call, GAP, true);
        new SpaceUserMessages(late, PATIENCE, System::nanoTime)
                .process(exchange, doneSync -> sent.add(System.nanoTime()));
        loop.submit(() -> {}).get();

        call.clientLeaves();

        await().until(() -> sent.size() == 1);
        assertThat(exchange.getException()).isInstanceOf(ClientGone.class);
    }

    @Test // row 22
    void turns_that_are_told_in_another_order_are_kept_all_the_same() {
        List<Duration> asked = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Duration>> told = new CopyOnWriteArrayList<>();
        UserGap turns = (credential, gap, longest) -> {
            asked.add(gap);
            CompletableFuture<Duration> turn = new CompletableFuture<>();
            told.add(turn);
            return turn;
        };
        SpaceUserMessages processor = new SpaceUserMessages(turns, PATIENCE, System::nanoTime);
        Duration gap = Duration.ofSeconds(10);
        for (int i = 0; i < 2; i++) {
            processor.process(exchange(new LoopCall(loop), gap, true), doneSync -> sent.add(System.nanoTime()));
        }
        await().until(() -> told.size() == 2);

        told.get(1).complete(gap.multipliedBy(2));
        told.get(0).complete(Duration.ZERO);

        await().atMost(Duration.ofSeconds(5)).until(() -> sent.size() == 1);
        assertThat(asked).as("nobody has lost a turn").hasSize(2).allMatch(one -> one.compareTo(gap) > 0);
    }

    @Test
    void a_late_turn_makes_the_next_one_late() {
        LocalGaps.Line line = new LocalGaps().of(1);

        assertThat(line.take(1_000, 100)).isEqualTo(1_000);
        assertThat(line.take(1_000, 100)).isEqualTo(1_100);
        assertThat(line.take(5_000, 100)).isEqualTo(5_000);
        assertThat(line.send(1_090, 100)).isZero();
        assertThat(line.send(1_100, 100)).isEqualTo(90);
        assertThat(line.send(1_190, 100)).isZero();
    }
}
