package dev.mehari.telemetry.traces;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what another exporter does, and says once when it begins to fail and once when it works again. */
final class CountingExporter implements SpanExporter {
    private static final Logger LOG = LoggerFactory.getLogger(CountingExporter.class);

    private static final int MOST_CAUSES = 8;

    private final URI endpoint;
    private final SpanExporter exporter;
    private final AtomicInteger waiting;
    private final LongAdder sent = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicBoolean failing = new AtomicBoolean();

    /** @param waiting spans that were added and are neither sent nor given up; lowered here */
    CountingExporter(URI endpoint, SpanExporter exporter, AtomicInteger waiting) {
        this.endpoint = endpoint;
        this.exporter = exporter;
        this.waiting = waiting;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        int size = spans.size();
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(() -> {
            waiting.addAndGet(-size);
            if (result.isSuccess()) {
                sent.add(size);
                if (failing.getAndSet(false)) {
                    LOG.info("Spans reach {} again", endpoint);
                }
            } else {
                failed.add(size);
                if (!failing.getAndSet(true)) {
                    LOG.warn(
                            "Spans do not reach {} ({}); they are dropped and counted until they do",
                            endpoint,
                            reason(result.getFailureThrowable()));
                }
            }
        });
    }

    /** The kind of failure alone: what a stranger answers is not for the log. */
    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof IOException) {
                return cause.getClass().getSimpleName();
            }
            cause = cause.getCause();
        }
        return "refused";
    }

    long sent() {
        return sent.sum();
    }

    long failed() {
        return failed.sum();
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
