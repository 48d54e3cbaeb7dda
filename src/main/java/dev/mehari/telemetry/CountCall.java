package dev.mehari.telemetry;

import dev.mehari.answer.FailureRow;
import dev.mehari.answer.FailureTable;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
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
            EndedCall ended = ended(exchange, call.record());
            observers.forEach(observer -> observer.ended(ended));
        });
    }

    // A failure that a fallback or retry got over stays on the exchange; it is the caller's only if its status was
    // sent.
    private static EndedCall ended(Exchange exchange, CallRecord record) {
        Dialect dialect = (Dialect) exchange.getProperty(ExchangeKeys.DIALECT);
        Throwable caught = (Throwable) exchange.getProperty(Exchange.EXCEPTION_CAUGHT);
        FailureRow row = caught == null ? null : FailureTable.rowFor(caught);
        boolean told = row != null && (row.status() == record.status() || record.end() == CallRecord.End.BROKEN);
        return new EndedCall(dialect == null ? Dialect.PLAIN : dialect, record, told ? row : null);
    }
}
