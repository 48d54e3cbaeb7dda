package dev.mehari.telemetry;

import java.util.Map;

/** What the circuit breakers of the upstreams show of themselves. Cheap to ask, from any thread. */
public interface BreakerView {
    /** True while one turns calls away; not while it tries one. */
    boolean isOpen();

    /** Failures since the last success, of the upstream that has the most of them. */
    int consecutiveFailures();

    /** {@code closed}, {@code half_open}, {@code open} or {@code forced_open}, by upstream; those that were ever called. */
    Map<String, String> states();
}
