package dev.mehari.telemetry;

import java.util.Map;

/** Spans sent to a collector, as JMX shows them. */
@Described("Spans sent to a collector of traces; empty where none is configured")
public interface TracesMXBean {
    @Described(value = "Spans since start, by what became of them: sent, failed or dropped", unit = "spans")
    Map<String, Long> getSpans();
}
