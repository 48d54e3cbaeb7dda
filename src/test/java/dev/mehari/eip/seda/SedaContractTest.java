package dev.mehari.eip.seda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.SynchronizationAdapter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same little routes on Camel's own component and on ours: what comes out is the same. */
class SedaContractTest {
    private CountDownLatch hold = new CountDownLatch(1);
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void letGo() {
        hold.countDown();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "InOut  | seda:work                                        | ok",
                "InOut  | seda:work?timeout=0                              | ok",
                "InOnly | seda:work                                        | ok",
                "InOnly | seda:work?waitForTaskToComplete=Always           | ok",
                "InOut  | seda:work?waitForTaskToComplete=Never            | ok",
                "InOut  | seda:work                                        | fail",
                "InOnly | seda:work?waitForTaskToComplete=Always           | fail",
                "InOut  | seda:work                                        | handled",
                "InOut  | seda:work?concurrentConsumers=5                  | ok",
                "InOut  | seda:work?concurrentConsumers=600&limitConcurrentConsumers=false | ok",
                "InOut  | seda:work?multipleConsumers=true                 | ok",
                "InOut  | seda:work?size=5                                 | ok",
                "InOut  | seda:work?pollTimeout=50                         | ok",
                "InOut  | seda:work?purgeWhenStopping=true                 | ok",
                "InOut  | seda:work?timeout=500                            | slow",
                "InOut  | seda:empty?timeout=100                           | ok",
                "InOut  | seda:empty?failIfNoConsumers=true                | ok",
                "InOnly | seda:empty?failIfNoConsumers=true                | ok",
                "InOut  | seda:empty?discardIfNoConsumers=true&timeout=100 | ok",
                "InOnly | seda:empty?discardIfNoConsumers=true             | ok",
                "InOut  | seda:full?size=1&timeout=100                     | full",
                "InOnly | seda:full?size=1                                 | full",
                "InOut  | seda:full?size=1&discardWhenFull=true&timeout=100 | full",
                "InOnly | seda:full?size=1&discardWhenFull=true            | full",
                "InOnly | seda:full?size=1&blockWhenFull=true&offerTimeout=50&waitForTaskToComplete=Never | full",
            })
    void does_what_camels_own_does(ExchangePattern pattern, String uri, String what) throws Exception {
        // A consumer thread that finds the context still starting sleeps for its poll timeout.
        String quick = uri.contains("pollTimeout") ? uri : uri + (uri.contains("?") ? "&" : "?") + "pollTimeout=10";
        Map<String, Object> theirs = run(new SedaComponent(), pattern, quick, what);
        Map<String, Object> ours = run(new NonBlockingSedaComponent(), pattern, quick, what);
        assertThat(ours).isEqualTo(theirs);
    }

    @Test
    void what_the_contract_compares_is_not_nothing() throws Exception {
        Map<String, Object> ours = run(new NonBlockingSedaComponent(), ExchangePattern.InOut, "seda:work", "ok");
        assertThat(ours)
                .containsEntry("body", "done ok")
                .containsEntry("header", "set by work")
                .containsEntry("property", "set by work")
                .containsEntry("exception", "none")
                .containsEntry("work", List.of("work InOut", "work completed"))
                .containsEntry("after", "reached");
    }

    private Map<String, Object> run(SedaComponent component, ExchangePattern pattern, String uri, String what)
            throws Exception {
        seen.clear();
        hold = new CountDownLatch(1);
        CamelContext context = new DefaultCamelContext();
        try {
            context.addComponent("seda", component);
            context.addRoutes(routes(uri));
            context.start();
            try (ProducerTemplate template = context.createProducerTemplate()) {
                if (what.equals("full")) {
                    template.send(
                            uri,
                            ExchangePattern.InOnly,
                            exchange -> exchange.getMessage().setBody("first"));
                }
                Exchange result = template.send("direct:in", exchange -> {
                    exchange.setPattern(pattern);
                    exchange.getMessage().setBody(what);
                    exchange.getMessage().setHeader("kept", "by caller");
                });
                boolean reached = uri.startsWith("seda:work");
                if (reached && !what.equals("slow")) {
                    Awaitility.await().until(() -> seen.stream().anyMatch(line -> line.endsWith("completed")));
                }
                return describe(result);
            }
        } finally {
            hold.countDown();
            context.stop();
        }
    }

    private RouteBuilder routes(String uri) {
        Processor work = this::work;
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in")
                        .errorHandler(noErrorHandler())
                        .to(uri)
                        .process(exchange -> exchange.getMessage().setHeader("after", "reached"));
                if (uri.startsWith("seda:work")) {
                    from(uri)
                            .onException(IllegalArgumentException.class)
                            .handled(true)
                            .setBody(constant("handled it"))
                            .end()
                            .process(work);
                }
                if (uri.contains("multipleConsumers")) {
                    from(uri).routeId("second").process(exchange -> {});
                }
            }
        };
    }

    private void work(Exchange exchange) throws Exception {
        seen.add("work " + exchange.getPattern());
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                seen.add("work completed");
            }
        });
        String what = exchange.getMessage().getBody(String.class);
        exchange.setProperty("worked", "set by work");
        exchange.getMessage().setHeader("answer", "set by work");
        if (what.equals("slow")) {
            hold.await(10, TimeUnit.SECONDS);
        }
        if (what.equals("fail")) {
            throw new IllegalStateException("work failed");
        }
        if (what.equals("handled")) {
            throw new IllegalArgumentException("to be handled");
        }
        exchange.getMessage().setBody("done " + what);
    }

    private Map<String, Object> describe(Exchange result) {
        Map<String, Object> described = new TreeMap<>();
        Throwable exception = result.getException();
        described.put("body", String.valueOf(result.getMessage().getBody()));
        described.put("header", String.valueOf(result.getMessage().getHeader("answer")));
        described.put("kept", String.valueOf(result.getMessage().getHeader("kept")));
        described.put("after", String.valueOf(result.getMessage().getHeader("after")));
        described.put("property", String.valueOf(result.getProperty("worked")));
        described.put("properties", result.getProperties().keySet());
        described.put(
                "exception", exception == null ? "none" : exception.getClass().getName());
        described.put("pattern", result.getPattern());
        described.put(
                "work", seen.stream().filter(line -> line.startsWith("work")).toList());
        return described;
    }
}
