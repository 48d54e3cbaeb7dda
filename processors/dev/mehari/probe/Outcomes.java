package dev.mehari.probe;

/** One who hears how calls to upstreams end. Fast, for any thread. */
public interface Outcomes {
    /** A call was answered, with whatever the upstream meant to say. */
    void succeeded(String upstream);

    /**
     * An upstream could not be connected to, took too long, broke off, or answered 5xx. Faults and aborts of clients are not
     * told.
     */
    void failed(String upstream, String reason);
}
