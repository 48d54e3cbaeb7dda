package dev.mehari.telemetry;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Call;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Counts a call, now as begun and once more when it has ended; named {@code countCall}, the first step of the route that
 * receives requests. Does nothing for an exchange that is no call.
 */
public final class CountCall implements Processor {
    private final List<CallObserver> observers;

    public CountCall(List<CallObserver> observers) {
        this.observers = List.copyOf(observers);
    }

    @Override
    public void process(Exchange exchange) {
        Call call = Call.of(exchange);
        if (call == null) {
            return;
        }
        observers.forEach(CallObserver::begun);
        call.onEnd(() -> {
            EndedCall ended = EndedCall.of(exchange, call);
            observers.forEach(observer -> observer.ended(exchange, ended));
        });
    }
}
