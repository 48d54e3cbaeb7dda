package dev.mehari.credential;

/** One who wants to know how refreshes end. Called on a thread for blocking work, which it must not hold. */
@FunctionalInterface
public interface RefreshObserver {
    /** How a refresh ended. */
    enum Outcome {
        /** There is a new token. */
        REFRESHED,
        /** The grant was refused for good; the credential is disabled. */
        REFUSED,
        /** Nothing came of it; it is tried again later. */
        FAILED
    }

    void ended(Outcome outcome);
}
