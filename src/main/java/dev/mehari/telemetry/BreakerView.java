package dev.mehari.telemetry;

/** What the circuit breaker of the upstream shows of itself. Cheap to ask, from any thread. */
public interface BreakerView {
    /** True while calls are turned away; not while it tries one. */
    boolean isOpen();

    /** Failures since the last success. */
    int consecutiveFailures();
}
