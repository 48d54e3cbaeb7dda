package dev.mehari.app;

/** Told when a breaker lets calls through that it turned away before, or the other way round. */
@FunctionalInterface
interface BreakerListener {
    /**
     * The breaker before {@code upstream} has changed. On the thread of the call that did it, mostly an event loop: must not
     * block.
     *
     * @param from resilience4j's name of the state, such as {@code CLOSED}
     * @param to such as {@code OPEN}
     */
    void changed(String upstream, String from, String to);
}
