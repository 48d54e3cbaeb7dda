package dev.mehari.eip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.eip.breaker.OpenBreakers;
import dev.mehari.eip.breaker.UpstreamBreakers;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.apache.camel.processor.SendProcessor;
import org.junit.jupiter.api.Test;

class NonBlockingEipsTest {
    @Test
    void camel_main_builds_both_parts_here_when_it_is_bound() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        Main main = new Main();
        try {
            main.bind(
                    "eips",
                    new NonBlockingEips(
                            timer,
                            System::nanoTime,
                            new UpstreamBreakers(exchange -> null, new OpenBreakers(System::nanoTime))));
            main.configure().addRoutesBuilder(new org.apache.camel.builder.RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:in")
                            .throttle(5)
                            .id("throttle")
                            .circuitBreaker()
                            .id("breaker")
                            .to("direct:out")
                            .id("out")
                            .end();
                    from("direct:out").setBody(constant("answer"));
                }
            });
            main.start();
            assertThat(processor(main, "throttle").getClass().getPackageName()).isEqualTo("dev.mehari.eip.throttle");
            assertThat(processor(main, "breaker").getClass().getPackageName()).isEqualTo("dev.mehari.eip.breaker");
            assertThat(processor(main, "out")).as("everything else is Camel's").isInstanceOf(SendProcessor.class);
            assertThat(main.getCamelTemplate().requestBody("direct:in", "request"))
                    .isEqualTo("answer");
        } finally {
            main.stop();
            timer.shutdownNow();
        }
    }

    private static Processor processor(Main main, String id) {
        return main.getCamelContext().getProcessor(id);
    }
}
