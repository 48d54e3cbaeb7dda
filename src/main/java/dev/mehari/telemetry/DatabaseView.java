package dev.mehari.telemetry;

/** The database as this instance sees it now, for metrics. */
public interface DatabaseView {
    /** Pooled connections that are in use. */
    int busy();

    /** Pooled connections that are kept for the next work. */
    int idle();

    /** Pieces of work that wait for a connection, or for a thread of their own. */
    int waiting();

    boolean reachable();
}
