package dev.mehari.telemetry;

/** What the pool of connections to upstreams shows of itself. Cheap to ask, from any thread. */
public interface PoolView {
    /** Connections that carry a request. */
    int busy();

    /** Connections kept for the next request. */
    int idle();
}
