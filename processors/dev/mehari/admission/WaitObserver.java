package dev.mehari.admission;

/** Hears of waits in the line that have ended, but not of those that a client gave up. For any thread; must not block. */
@FunctionalInterface
public interface WaitObserver {
    /** Hears nothing. */
    WaitObserver NONE = (nanos, admitted) -> {};

    /**
     * One has.
     *
     * @param admitted false when it was in vain
     */
    void waited(long nanos, boolean admitted);
}
