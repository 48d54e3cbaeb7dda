package dev.mehari.telemetry.traces;

import dev.mehari.credential.Attempt;
import dev.mehari.exchange.TraceContext;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** A call whose trace is recorded, until it has ended. For any thread. */
final class TracedCall {
    private static final String KEY = "mehari.traced-call";

    private final TraceContext trace;
    private final @Nullable TraceContext parent;
    private final String method;
    private final String path;
    private final List<TracedTry> tries = new ArrayList<>(2);

    /**
     * A call that begins now.
     *
     * @param trace with the call's own span
     * @param parent what the caller said; null where the trace begins here
     */
    TracedCall(TraceContext trace, @Nullable TraceContext parent, String method, String path) {
        this.trace = trace;
        this.parent = parent;
        this.method = method;
        this.path = path;
    }

    /** The one that {@code exchange} belongs to; null where nothing is recorded. */
    static @Nullable TracedCall of(Exchange exchange) {
        return (TracedCall) exchange.getProperty(KEY);
    }

    void leaveWith(Exchange exchange) {
        exchange.setProperty(KEY, this);
    }

    TraceContext trace() {
        return trace;
    }

    @Nullable
    TraceContext parent() {
        return parent;
    }

    String method() {
        return method;
    }

    /** As asked for, so that it may hold anything. */
    String path() {
        return path;
    }

    synchronized TracedTry begin(String spanId, Attempt attempt, long nanos) {
        TracedTry begun = new TracedTry(spanId, attempt, tries.size(), nanos);
        tries.add(begun);
        return begun;
    }

    /** The present try; null while there is none. */
    synchronized @Nullable TracedTry openTry() {
        TracedTry last = tries.isEmpty() ? null : tries.get(tries.size() - 1);
        return last == null || last.isEnded() ? null : last;
    }

    /** In order. */
    synchronized List<TracedTry> tries() {
        return List.copyOf(tries);
    }
}
