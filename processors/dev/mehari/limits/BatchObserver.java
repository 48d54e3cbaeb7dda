package dev.mehari.limits;

/** Hears of each round trip of a ledger to its database. Called on the ledger's own thread; must not block. */
@FunctionalInterface
public interface BatchObserver {
    /** Hears nothing. */
    BatchObserver NONE = (size, nanos) -> {};

    /**
     * One has succeeded.
     *
     * @param size requests, settlements and renewals in it
     * @param nanos how long it took
     */
    void travelled(int size, long nanos);
}
