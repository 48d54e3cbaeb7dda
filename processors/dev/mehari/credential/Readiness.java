package dev.mehari.credential;

/** Whether a credential may be used now, as one number: one of these, or else the time in epoch millis at which it may be. */
final class Readiness {
    static final long READY = 0;
    /** In a moment, without anybody's doing. */
    static final long BUSY = -1;
    /** In a few milliseconds, for the store has been asked: worth waiting for rather than taking what comes after it. */
    static final long SOON = -2;
    /** Not as things stand. */
    static final long NEVER = Long.MAX_VALUE;

    private Readiness() {}
}
