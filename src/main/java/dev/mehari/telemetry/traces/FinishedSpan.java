package dev.mehari.telemetry.traces;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A span that is over, as the SDK wants it. Its attributes are made when they are first asked for, which is on the thread that
 * sends them.
 */
final class FinishedSpan implements ReadableSpan, SpanData {
    private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.create("dev.mehari");

    private final SpanContext context;
    private final SpanContext parent;
    private final SpanKind kind;
    private final Times times;
    private final Described described;
    private final Supplier<Resource> resource;
    private @Nullable Attributes attributes;

    /** Nanoseconds since 1970. */
    record Times(long start, long end) {}

    /** What is said of a span, once it is to be sent. */
    interface Described {
        /** One of a few. */
        String name();

        boolean isError();

        Attributes attributes();
    }

    /** @param parent {@link SpanContext#getInvalid()} for none */
    FinishedSpan(
            SpanContext context,
            SpanContext parent,
            SpanKind kind,
            Times times,
            Described described,
            Supplier<Resource> resource) {
        this.context = context;
        this.parent = parent;
        this.kind = kind;
        this.times = times;
        this.described = described;
        this.resource = resource;
    }

    @Override
    public SpanContext getSpanContext() {
        return context;
    }

    @Override
    public SpanContext getParentSpanContext() {
        return parent;
    }

    @Override
    public String getName() {
        return described.name();
    }

    @Override
    public SpanKind getKind() {
        return kind;
    }

    @Override
    public Attributes getAttributes() {
        Attributes made = attributes;
        if (made == null) {
            made = described.attributes();
            attributes = made;
        }
        return made;
    }

    @Override
    public <T> @Nullable T getAttribute(AttributeKey<T> key) {
        return getAttributes().get(key);
    }

    @Override
    public StatusData getStatus() {
        return described.isError() ? StatusData.error() : StatusData.unset();
    }

    @Override
    public long getStartEpochNanos() {
        return times.start();
    }

    @Override
    public long getEndEpochNanos() {
        return times.end();
    }

    @Override
    public long getLatencyNanos() {
        return times.end() - times.start();
    }

    @Override
    public boolean hasEnded() {
        return true;
    }

    @Override
    public SpanData toSpanData() {
        return this;
    }

    @Override
    public List<EventData> getEvents() {
        return List.of();
    }

    @Override
    public List<LinkData> getLinks() {
        return List.of();
    }

    @Override
    public int getTotalRecordedEvents() {
        return 0;
    }

    @Override
    public int getTotalRecordedLinks() {
        return 0;
    }

    @Override
    public int getTotalAttributeCount() {
        return getAttributes().size();
    }

    @Override
    public Resource getResource() {
        return resource.get();
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
        return SCOPE;
    }

    /** Of old; the SDK asks for the scope. */
    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester")
    public io.opentelemetry.sdk.common.InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
        return io.opentelemetry.sdk.common.InstrumentationLibraryInfo.create(SCOPE.getName(), null);
    }
}
