package dev.mehari.telemetry;

import dev.mehari.telemetry.traces.SpanExport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** Meters of the spans sent to a collector; there are none where none are sent. */
public final class TraceMeters {
    private final SpanExport export;

    public TraceMeters(SpanExport export) {
        this.export = export;
    }

    public void bindTo(MeterRegistry registry) {
        counter(registry, "sent", SpanExport::sent);
        counter(registry, "failed", SpanExport::failed);
        counter(registry, "dropped", SpanExport::dropped);
    }

    private void counter(MeterRegistry registry, String outcome, ToDoubleFunction<SpanExport> count) {
        FunctionCounter.builder("mehari.traces.spans", export, count)
                .description("Spans of calls, by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }
}
