package dev.mehari.usage;

/** Told of each metered call, once, when it is over. Called on event loops; must not block. */
@FunctionalInterface
public interface UsageObserver {
    void used(MeteredCall call);
}
