package dev.mehari.credential;

/** Gets new tokens for OAuth credentials. It works ahead by itself; the pool asks when a call can do nothing else. */
@FunctionalInterface
public interface TokenRefresher {
    /**
     * Sees to it that {@code credential} gets a new token, unless that is under way already. Returns at once, on any thread.
     *
     * @param then runs once when it is known how that ended, after the pool has been told of a new token
     */
    void refresh(long credential, Runnable then);
}
