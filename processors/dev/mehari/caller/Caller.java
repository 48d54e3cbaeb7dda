package dev.mehari.caller;

/**
 * Who sent a request.
 *
 * @param keyId id of the key presented, stable for its life
 * @param name of that key
 * @param priority 0-9, higher first: the most that the caller's requests may have
 * @param access what the key may be used for
 */
public record Caller(String keyId, String name, int priority, Access access) {
    /** Everyone, where no key is needed. */
    public static final Caller ANONYMOUS = new Caller("anonymous", "anonymous", 5);

    /** A caller who may use everything. */
    public Caller(String keyId, String name, int priority) {
        this(keyId, name, priority, Access.ALL);
    }
}
