package dev.mehari.telemetry.traces;

import dev.mehari.config.TracesConfig;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Sends spans to a collector, in batches, from threads of its own. At most {@value #MOST} spans wait or are on their way; what
 * comes beyond them is dropped and counted, and so is a batch that the collector does not take. Adding is for any thread and
 * never blocks.
 */
public final class SpanExport implements Supplier<Resource>, AutoCloseable {
    /** About 1 KiB each. */
    static final int MOST = 8192;

    private static final int BATCH = 512;
    private static final Duration BETWEEN_BATCHES = Duration.ofSeconds(1);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration AT_STOP = Duration.ofSeconds(3);

    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final Resource resource;
    private final CountingExporter counting;
    private final BatchSpanProcessor batches;
    /** It says by itself, for each batch and past our log, what is said and counted here. */
    private final Logger ownLog = Logger.getLogger("io.opentelemetry");

    private SpanExport(URI endpoint, SpanExporter exporter, Resource resource) {
        this.resource = resource;
        ownLog.setLevel(Level.OFF);
        counting = new CountingExporter(endpoint, exporter, waiting);
        batches = BatchSpanProcessor.builder(counting)
                .setMaxQueueSize(2 * MOST) // never filled: takes() is the bound
                .setMaxExportBatchSize(BATCH)
                .setScheduleDelay(BETWEEN_BATCHES)
                .build();
    }

    /** To {@link TracesConfig#endpoint}, which has to be there; begins with the first span. */
    public static SpanExport to(TracesConfig config, UUID instance) {
        URI endpoint = Objects.requireNonNull(config.endpoint());
        Map<String, String> headers = Objects.requireNonNull(config.headersByName());
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint.toString())
                .setConnectTimeout(CONNECT)
                .setTimeout(ANSWER);
        headers.forEach(exporter::addHeader);
        String version = SpanExport.class.getPackage().getImplementationVersion();
        Resource resource = Resource.getDefault()
                .merge(Resource.create(Attributes.builder()
                        .put("service.name", "mehari")
                        .put("service.version", version == null ? "unpackaged" : version)
                        .put("service.instance.id", instance.toString())
                        .build()));
        return new SpanExport(endpoint, exporter.build(), resource);
    }

    /** Whether there is room for so many spans, which are to be added then; counts them as dropped where there is not. */
    boolean takes(int spans) {
        if (waiting.addAndGet(spans) <= MOST) {
            return true;
        }
        waiting.addAndGet(-spans);
        dropped.add(spans);
        return false;
    }

    void add(FinishedSpan span) {
        batches.onEnd(span);
    }

    /** Who sends. */
    @Override
    public Resource get() {
        return resource;
    }

    /** Spans that a collector has taken. */
    public long sent() {
        return counting.sent();
    }

    /** Spans that no collector took: it was away, said no, or took too long. */
    public long failed() {
        return counting.failed();
    }

    /** Spans that were not kept because too many waited. */
    public long dropped() {
        return dropped.sum();
    }

    /** Sends what waits, for as long as a few seconds; what has not gone then is lost. */
    @Override
    public void close() {
        var unused = batches.shutdown().join(AT_STOP.toMillis(), TimeUnit.MILLISECONDS);
    }
}
