package dev.mehari.alert;

import java.util.concurrent.CompletionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts the body, JSON, to the webhook, where one is configured; named {@code postAlert} in the routes. Does not wait for the
 * answer; a webhook that fails is logged, and not asked again.
 */
public final class PostAlert implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(PostAlert.class);

    private final @Nullable AlertHook hook;

    /** @param hook null for none */
    public PostAlert(@Nullable AlertHook hook) {
        this.hook = hook;
    }

    @Override
    public void process(Exchange exchange) {
        if (hook != null) {
            hook.post(exchange.getMessage().getBody(String.class)).whenComplete(PostAlert::answered);
        }
    }

    // Nothing of the request: its address may hold a secret.
    private static void answered(@Nullable Integer status, @Nullable Throwable failure) {
        if (failure != null) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            LOG.warn(
                    "The webhook for alerts did not take an alert: {}",
                    cause.getClass().getSimpleName());
        } else if (status == null || status >= 300) {
            LOG.warn("The webhook for alerts answered {}", status);
        }
    }
}
