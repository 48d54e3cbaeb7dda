package dev.mehari.usage;

/** Told of each answer that has used something, once, when it is over; of a try that was given up unanswered, too. Called on event loops; must not block. */
@FunctionalInterface
public interface UsageObserver {
    void used(MeteredCall call);
}
