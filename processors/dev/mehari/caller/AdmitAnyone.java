package dev.mehari.caller;

import dev.mehari.failure.RequestRejected;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Stands in for {@link IdentifyCaller} where no key is needed ({@code --no-auth}): everyone is {@link Caller#ANONYMOUS}.
 * Credentials are taken off all the same.
 */
public final class AdmitAnyone implements Processor {
    private final Consumer<Caller> found;

    public AdmitAnyone() {
        this(caller -> {});
    }

    /** @param found told of the caller of each call that goes on; quick, for any thread */
    public AdmitAnyone(Consumer<Caller> found) {
        this.found = found;
    }

    @Override
    public void process(Exchange exchange) throws RequestRejected {
        CallerHeaders headers = CallerHeaders.takeFrom(exchange.getMessage().getHeaders());
        int priority = RequestPriority.of(headers.priority(), Caller.ANONYMOUS.priority());
        IdentifyCaller.identify(Caller.ANONYMOUS, priority, exchange);
        found.accept(Caller.ANONYMOUS);
    }
}
