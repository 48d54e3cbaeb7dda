package dev.mehari.eip.redelivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.eip.FakeCall;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.TestExchange;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waits for redeliveries on the loops of the calls that wait. */
class RedeliveryTimerTest {
    private final ScheduledExecutorService callsLoop = named("the call's loop");
    private final ScheduledExecutorService loops = named("any loop");
    private final FakeCall call = new FakeCall(callsLoop);
    private final RedeliveryTimer timer = new RedeliveryTimer(loops);
    private final List<String> ran = new CopyOnWriteArrayList<>();

    private static ScheduledExecutorService named(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, name));
    }

    @AfterEach
    void stop() {
        callsLoop.shutdownNow();
        loops.shutdownNow();
    }

    /** What Camel does on a failure. */
    private void fail(boolean again, long delayMillis) {
        fail(call, again, delayMillis);
    }

    private void fail(FakeCall call, boolean again, long delayMillis) {
        Exchange exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.CALL, call);
        Predicate retryWhile = timer.watching(unused -> again);
        assertThat(retryWhile.matches(exchange)).isEqualTo(again);
        if (again) {
            schedule(delayMillis);
        }
    }

    private void schedule(long delayMillis) {
        var unused = timer.schedule(
                () -> {
                    ran.add(Thread.currentThread().getName());
                },
                delayMillis,
                TimeUnit.MILLISECONDS);
    }

    @Test
    void goes_on_once_on_the_loop_of_the_call() {
        fail(true, 50);
        await().until(() -> !ran.isEmpty());
        assertThat(call.onClientGone()).isNull();
        call.clientLeaves();

        assertThat(ran).containsExactly("the call's loop");
    }

    @Test
    void goes_on_at_once_and_once_when_the_client_leaves() {
        fail(true, 500);
        call.clientLeaves();
        await().atMost(Duration.ofMillis(400)).until(() -> !ran.isEmpty());

        await().during(Duration.ofMillis(600)).until(() -> ran.size() == 1);
        assertThat(ran).containsExactly("the call's loop");
    }

    @Test
    void goes_on_at_once_when_the_client_had_left_before() {
        call.clientLeaves();
        fail(true, 60_000);

        await().atMost(Duration.ofSeconds(1)).until(() -> ran.size() == 1);
    }

    /** A loop that does {@code meanwhile} while a timer is being started. */
    private static final class BusyLoop extends ScheduledThreadPoolExecutor {
        Consumer<ScheduledFuture<?>> meanwhile = started -> {};

        BusyLoop() {
            super(1);
            setRemoveOnCancelPolicy(true);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            ScheduledFuture<?> started = super.schedule(command, delay, unit);
            if (delay > 0) { // else it is for execute
                meanwhile.accept(started);
            }
            return started;
        }
    }

    @Test
    void what_the_next_try_says_of_a_client_that_leaves_holds() throws Exception {
        BusyLoop loop = new BusyLoop();
        FakeCall quick = new FakeCall(loop);
        loop.meanwhile = started -> await().until(started::isDone);
        Exchange exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.CALL, quick);
        timer.watching(unused -> true).matches(exchange);
        Runnable abortUpstream = () -> ran.add("aborted");

        var unused = timer.schedule(() -> quick.onClientGone(abortUpstream), 1, TimeUnit.MILLISECONDS);
        quick.clientLeaves();
        loop.shutdownNow();

        assertThat(ran).containsExactly("aborted");
    }

    @Test
    void a_client_that_leaves_while_the_wait_begins_is_noticed_and_leaves_no_timer() {
        BusyLoop loop = new BusyLoop();
        FakeCall leaving = new FakeCall(loop);
        loop.meanwhile = started -> leaving.clientLeaves();

        fail(leaving, true, 60_000);

        await().atMost(Duration.ofSeconds(1)).until(() -> ran.size() == 1);
        await().atMost(Duration.ofSeconds(1)).until(() -> loop.getQueue().isEmpty());
        assertThat(leaving.onClientGone()).isNull();
        loop.shutdownNow();
    }

    @Test
    void a_wait_that_cannot_begin_leaves_nothing_behind() {
        callsLoop.shutdownNow();

        assertThatThrownBy(() -> fail(true, 60_000)).isInstanceOf(RejectedExecutionException.class);

        assertThat(call.onClientGone()).isNull();
        assertThat(ran).isEmpty();
    }

    @Test
    void a_client_that_leaves_when_the_loops_have_stopped_ends_its_wait_all_the_same() {
        fail(true, 60_000);
        callsLoop.shutdownNow();

        call.clientLeaves();

        assertThat(ran).hasSize(1);
    }

    @Test
    void a_call_that_is_tried_again_at_once_is_not_kept_for_whoever_waits_next() {
        Exchange exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.CALL, call);
        exchange.getMessage().setHeader(Exchange.REDELIVERY_DELAY, 0L);
        assertThat(timer.watching(unused -> true).matches(exchange)).isTrue();

        schedule(1);

        await().until(() -> ran.size() == 1);
        assertThat(ran).containsExactly("any loop");
    }

    @Test
    void what_is_not_known_to_be_a_call_waits_on_any_loop() {
        schedule(1);
        await().until(() -> ran.size() == 1);
        fail(true, 1);
        await().until(() -> ran.size() == 2);
        schedule(1);
        await().until(() -> ran.size() == 3);
        fail(false, 0);
        schedule(1);
        await().until(() -> ran.size() == 4);

        assertThat(ran).containsExactly("any loop", "the call's loop", "any loop", "any loop");
    }
}
