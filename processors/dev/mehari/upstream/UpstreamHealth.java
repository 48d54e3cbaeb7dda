package dev.mehari.upstream;

/** Whether calls can be sent to an upstream now, by what is known of it. Fast, for any thread. */
@FunctionalInterface
public interface UpstreamHealth {
    /**
     * False while it is marked as failed or its circuit breaker is open. True as soon as a trial call may be made, since
     * one that nobody chooses would never be found well again.
     */
    boolean isUsable(Upstream upstream);
}
