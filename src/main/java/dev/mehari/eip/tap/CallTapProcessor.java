package dev.mehari.eip.tap;

import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.CallTap;
import dev.mehari.eip.seda.EventQueue;
import dev.mehari.exchange.Call;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.processor.BaseProcessorSupport;
import org.apache.camel.spi.IdAware;
import org.apache.camel.spi.RouteIdAware;
import org.jspecify.annotations.Nullable;

/** Lets a call leave its event in the queue when it has ended; does nothing for an exchange that is no call. Never waits. */
final class CallTapProcessor extends BaseProcessorSupport implements IdAware, RouteIdAware {
    private final CallTap tap;
    private final EventQueue events;
    private @Nullable String id;
    private @Nullable String routeId;

    CallTapProcessor(CallTap tap, EventQueue events) {
        this.tap = tap;
        this.events = events;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Call call = isDisabled() ? null : Call.of(exchange);
        Supplier<AuditEvent> event = call == null ? null : tap.tap(exchange, call);
        if (call != null && event != null) {
            call.onEnd(() -> events.offerEvent(event.get()));
        }
        callback.done(true);
        return true;
    }

    @Override
    public @Nullable String getId() {
        return id;
    }

    @Override
    public void setId(String id) {
        this.id = id;
    }

    @Override
    public @Nullable String getRouteId() {
        return routeId;
    }

    @Override
    public void setRouteId(String routeId) {
        this.routeId = routeId;
    }
}
