package dev.mehari.app;

import dev.mehari.alert.AlertEvent;
import dev.mehari.alert.AlertJson;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands alerts to the route {@code direct:alert}, in order, on a thread of its own that an operator's steps may block. What the
 * route cannot take is logged instead.
 */
final class AlertSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertSender.class);
    private static final String ROUTE = "direct:alert?block=false";
    private static final int MOST_WAITING = 100;

    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), work -> {
                Thread made = new Thread(work, "mehari-alert-route");
                made.setDaemon(true);
                return made;
            });
    private volatile @Nullable ProducerTemplate template;

    AlertSender() {
        thread.allowCoreThreadTimeOut(true);
    }

    void start(CamelContext context) {
        template = context.createProducerTemplate();
    }

    void send(AlertEvent event, String json) {
        try {
            thread.execute(() -> hand(event, json));
        } catch (RejectedExecutionException full) {
            LOG.warn("Not sent, since the route for alerts is busy: {}", AlertJson.text(event));
        }
    }

    private void hand(AlertEvent event, String json) {
        ProducerTemplate to = template;
        if (to == null) {
            return;
        }
        Exchange done = to.send(ROUTE, exchange -> {
            exchange.getMessage().setBody(json);
            exchange.getMessage().setHeader("AlertName", event.rule().name().text());
            exchange.getMessage().setHeader("AlertLevel", AlertJson.level(event.rule()));
            exchange.getMessage().setHeader("AlertState", event.raised() ? "raised" : "cleared");
            exchange.getMessage().setHeader("AlertText", AlertJson.text(event));
        });
        if (done.getException() != null) {
            LOG.warn("The route for alerts did not take: {}", AlertJson.text(event), done.getException());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        ProducerTemplate to = template;
        if (to != null) {
            to.stop();
        }
    }
}
