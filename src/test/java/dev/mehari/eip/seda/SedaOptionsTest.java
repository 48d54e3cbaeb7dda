package dev.mehari.eip.seda;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.admission.AdmissionGate;
import dev.mehari.admission.AdmissionLimits;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be kept without holding a thread, or makes no sense, is refused at start. */
class SedaOptionsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seda:a?blockWhenFull=true                               | set waitForTaskToComplete=Never",
                "seda:a?blockWhenFull=true&offerTimeout=100              | set waitForTaskToComplete=Never",
                "seda:a?discardWhenFull=true&timeout=0                   | Set a timeout above 0",
                "seda:a?discardIfNoConsumers=true&timeout=0              | Set a timeout above 0",
                "seda:a?discardIfNoConsumers=true&failIfNoConsumers=true | contradict",
                "seda:a?discardWhenFull=true&blockWhenFull=true&waitForTaskToComplete=Never | Cannot enable both",
                "seda:a?concurrentConsumers=501                          | ConcurrentConsumers cannot be set",
                "seda:a?queue=#admissionQueue                            | Set timeout=0",
                "seda:a?queue=#admissionQueue&timeout=0&size=5           | proxy.max_queue",
                "seda:a?queue=#admissionQueue&timeout=0&concurrentConsumers=2 | proxy.max_concurrent",
                "seda:a?queue=#admissionQueue&timeout=0&multipleConsumers=true | multipleConsumers is not for",
                "seda:a?queue=#admissionQueue&timeout=0&blockWhenFull=true | blockWhenFull is not for",
                "seda:a?queue=#admissionQueue&timeout=0&discardWhenFull=true | discardWhenFull is not for",
                "seda:a?queue=#admissionQueue&timeout=0&offerTimeout=10  | offerTimeout is not for",
                "seda:a?queue=#admissionQueue&timeout=0&discardIfNoConsumers=true | discardIfNoConsumers is not for",
                "seda:a?queue=#admissionQueue&timeout=0&purgeWhenStopping=true | purgeWhenStopping is not for",
                "seda:a?queue=#admissionQueue&timeout=0&pollTimeout=5    | pollTimeout is not for",
            })
    void refuses_at_start(String uri, String reason) throws Exception {
        assertThatThrownBy(() -> start(uri, uri)).hasStackTraceContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seda:a?queue=#admissionQueue&timeout=0 | seda:a",
                "seda:a | seda:a?queue=#admissionQueue&timeout=0",
            })
    void refuses_one_name_with_two_queues(String to, String from) throws Exception {
        assertThatThrownBy(() -> start(to, from)).hasStackTraceContaining("Give the same queue option everywhere");
    }

    private static void start(String to, String from) throws Exception {
        CamelContext context = new DefaultCamelContext();
        try {
            context.addComponent("seda", new NonBlockingSedaComponent());
            context.getRegistry()
                    .bind(
                            "admissionQueue",
                            new AdmissionQueue(
                                    new AdmissionGate(AdmissionLimits.DEFAULT, System::nanoTime),
                                    Duration.ofSeconds(10)));
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:in").to(to);
                    from(from).log("worked");
                }
            });
            context.start();
        } finally {
            context.stop();
        }
    }
}
