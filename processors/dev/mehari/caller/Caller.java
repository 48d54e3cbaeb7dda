package dev.mehari.caller;

/**
 * Who sent a request.
 *
 * @param keyId id of the key presented, stable for its life
 * @param name of that key
 * @param priority 0-9, higher first: the most that the caller's requests may have
 */
public record Caller(String keyId, String name, int priority) {
    /** Everyone, where no key is needed. */
    public static final Caller ANONYMOUS = new Caller("anonymous", "anonymous", 5);
}
