package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.routes.Reload.Outcome;
import java.nio.file.Files;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits in a queue whose route a swap takes away. */
class RemovedQueuesTest extends LiveRoutesFixture {
    private static final String LATE = """
            - route:
                id: late
                from:
                  uri: seda:late
                  steps:
                    - process: {ref: slow}
                    - to: direct:answer
                    - process: {ref: done}
            """;

    private final Semaphore begun = new Semaphore(0);
    private final Semaphore letGo = new Semaphore(0);
    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    @BeforeEach
    void queueThree() throws Exception {
        context.getRegistry().bind("slow", (Processor) exchange -> {
            begun.release();
            letGo.acquire();
        });
        context.getRegistry().bind("done", (Processor)
                exchange -> done.add(exchange.getMessage().getBody(String.class)));
        write("late", LATE);
        assertThat(live.reload().problems()).isEmpty();
        for (int i = 0; i < 3; i++) {
            producer.sendBody("seda:late", i);
        }
        assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void letGo() {
        letGo.release(100);
    }

    @Test
    void it_goes_through_the_last_version_that_had_the_route_when_that_is_deleted() throws Exception {
        Files.delete(folder.resolve("late.camel.yaml"));

        itEndsOnTheVersionBefore();
    }

    @Test
    void it_goes_through_the_last_version_that_had_the_route_when_that_has_another_name() throws Exception {
        write("late", LATE.replace("seda:late", "seda:later"));

        itEndsOnTheVersionBefore();
    }

    private void itEndsOnTheVersionBefore() throws Exception {
        assertThat(swapTo("two")).isEqualTo(Outcome.SWAPPED);
        assertThat(swapTo("three")).isEqualTo(Outcome.SWAPPED);
        assertThat(live.state().older())
                .extracting(RoutesState.Older::version, RoutesState.Older::underWay)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(2, 3L));
        letGo.release(3);

        threeAreDone();
        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
        assertThat(context.hasEndpoint("seda:late")).isNull();
    }

    @Test
    void what_an_older_version_sends_there_goes_through_that_once_newer_ones_with_the_route_are_gone()
            throws Exception {
        letGo.release(3);
        threeAreDone();
        write("receive", RECEIVE.replace("- to: direct:answer", "- wireTap: {uri: seda:late}"));
        assertThat(live.reload().problems()).isEmpty();
        CompletableFuture<String> first = askAndHold();
        CompletableFuture<String> second = askAndHold();
        Runnable firstGoesOn = held.take();
        Runnable secondGoesOn = held.take();
        assertThat(swapTo("two")).isEqualTo(Outcome.SWAPPED);
        Files.delete(folder.resolve("late.camel.yaml"));
        assertThat(live.reload().problems()).isEmpty();
        await().untilAsserted(() -> assertThat(live.state().older())
                .extracting(RoutesState.Older::version)
                .containsExactly(3));

        begun.drainPermits();
        firstGoesOn.run();
        secondGoesOn.run();
        first.join();
        second.join();
        assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        letGo.release(2);

        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
    }

    private void threeAreDone() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
        }
    }
}
