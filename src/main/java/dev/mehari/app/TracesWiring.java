package dev.mehari.app;

import dev.mehari.config.TracesConfig;
import dev.mehari.telemetry.TraceMeters;
import dev.mehari.telemetry.traces.SpanExport;
import dev.mehari.telemetry.traces.TraceCalls;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.time.Clock;
import java.util.UUID;
import org.apache.camel.Processor;

/** Builds what follows calls for a collector of traces, where one is configured; nothing of it is there where none is. */
final class TracesWiring {
    private TracesWiring() {}

    /** Stands around steps that are bound already. */
    static void applyTo(StepsMain main, TracesConfig config, MeterRegistry meters, WarmUp warmUp, Opened opened) {
        if (config.endpoint() == null) {
            return;
        }
        SpanExport export = opened.add(SpanExport.to(config, UUID.randomUUID()));
        new TraceMeters(export).bindTo(meters);
        TraceCalls calls =
                new TraceCalls(export, IdGenerator.random(), config.sample(), Clock.systemUTC(), System::nanoTime);
        Processor begin = warmUp.uncounted(calls::begin);
        main.around("countCall", count -> exchange -> {
            begin.process(exchange);
            count.process(exchange);
        });
        main.around("prepareUpstreamRequest", calls::aroundTry);
        main.around("judgeAnswer", calls::aroundAnswer);
        main.around("noteFailure", calls::aroundFailure);
    }
}
