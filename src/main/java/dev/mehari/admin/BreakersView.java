package dev.mehari.admin;

import java.time.Duration;
import java.util.List;

/** The circuit breakers of this instance's upstreams. Any thread; does not block. */
public interface BreakersView {
    /**
     * The breaker before one upstream.
     *
     * @param state {@code closed}, {@code half_open}, {@code open} or {@code forced_open}
     * @param retryAfter until calls are tried again, zero when they are not turned away, or for as long as an operator wants
     * @param failureRate in percent of the calls in its window, negative while these are too few
     */
    record Breaker(
            String upstream,
            String state,
            Duration retryAfter,
            int calls,
            int failures,
            int slowCalls,
            long notPermitted,
            float failureRate) {}

    /** Of each upstream, called or not. */
    List<Breaker> all();

    /** Turns calls away until it is closed or reset. */
    void open(String upstream);

    /** Lets calls through. */
    void close(String upstream);

    /** Lets calls through, and forgets what is known. */
    void reset(String upstream);
}
