package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.CapturedLog;
import java.time.Clock;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What queues have when the gateway stops. */
class StoppedQueuesTest extends LiveRoutesFixture {
    private static final String SLOW = """
            - route:
                id: slow
                from:
                  uri: seda:slow
                  steps:
                    - process: {ref: slow}
            """;

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_stop_waits_for_a_queue_within_bounds_and_says_what_is_left() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Queue<String> log = new ConcurrentLinkedQueue<>();
        write("slow", SLOW);
        try (DefaultCamelContext another = new DefaultCamelContext();
                CapturedLog captured = CapturedLog.of(log::add, Entries.class.getName())) {
            another.disableJMX();
            another.addComponent("netty-http", new DirectComponent());
            another.getRegistry().bind("hold", new Holding());
            another.getRegistry().bind("slow", (Processor) exchange -> {
                begun.countDown();
                new CountDownLatch(1).await();
            });
            another.start();
            LiveRoutes stopping =
                    new LiveRoutes(new RouteSource.Folder(folder), false, Clock.systemUTC(), Duration.ofMillis(100));
            stopping.start(another);
            for (int i = 0; i < 3; i++) {
                another.createProducerTemplate().sendBody("seda:slow", i);
            }
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

            stopping.close();

            assertThat(captured.lines()).isEqualTo(1);
            assertThat(log).singleElement().asString().contains("2 exchanges were left in seda:slow");
        }
    }
}
