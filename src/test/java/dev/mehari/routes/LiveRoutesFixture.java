package dev.mehari.routes;

import dev.mehari.routes.Reload.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.EventNotifier;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SimpleEventNotifierSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Routes of a folder in a context whose data port is a name: a request comes in, may be held, and is answered with a word. */
abstract class LiveRoutesFixture {
    static final String DOOR = "netty-http:door";
    static final String RECEIVE = """
            - route:
                id: receive
                from:
                  uri: netty-http:door
                  steps:
                    - process:
                        ref: hold
                    - to: direct:answer
            """;

    @TempDir
    Path folder;

    final DefaultCamelContext context = new DefaultCamelContext();
    final BlockingQueue<Runnable> held = new LinkedBlockingQueue<>();
    final List<EventNotifier> notifiers = new ArrayList<>();
    ProducerTemplate producer;
    LiveRoutes live;

    @BeforeEach
    void start() throws Exception {
        context.disableJMX();
        context.addComponent("netty-http", new DirectComponent());
        context.getRegistry().bind("hold", new Holding());
        context.addStartupListener(
                (camel, alreadyStarted) -> camel.getManagementStrategy().addEventNotifier(notifier()));
        context.start();
        producer = context.createProducerTemplate();
        write("receive", RECEIVE);
        write("answer", answering("one"));
        live = new LiveRoutes(new RouteSource.Folder(folder), false, Clock.systemUTC(), patience());
        live.start(context);
    }

    @AfterEach
    void stop() {
        live.close();
        context.stop();
    }

    /** How long a stop waits. */
    Duration patience() {
        return Duration.ofSeconds(10);
    }

    /** One more that listens to each step, as the server of Camel Main adds them. */
    EventNotifier notifier() {
        EventNotifier notifier = new SimpleEventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {}
        };
        notifiers.add(notifier);
        return notifier;
    }

    void write(String name, String text) throws Exception {
        Files.writeString(folder.resolve(name + ".camel.yaml"), text);
    }

    static String answering(String word) {
        return """
                - route:
                    id: answer
                    from:
                      uri: direct:answer
                      steps:
                        - setBody:
                            constant: %s
                """.formatted(word);
    }

    Outcome swapTo(String word) throws Exception {
        write("answer", answering(word));
        return live.reload().outcome();
    }

    String ask() {
        return producer.requestBody(DOOR, "now", String.class);
    }

    CompletableFuture<String> askAndHold() {
        return producer.asyncRequestBody(DOOR, "hold", String.class);
    }

    /** Lets an exchange wait, without a thread, until the test lets it go on. */
    final class Holding extends AsyncProcessorSupport {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            if (!"hold".equals(exchange.getMessage().getBody())) {
                callback.done(true);
                return true;
            }
            held.add(() -> callback.done(false));
            return false;
        }
    }
}
