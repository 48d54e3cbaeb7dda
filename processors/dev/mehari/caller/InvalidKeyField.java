package dev.mehari.caller;

/** A field of a key cannot have this value. The message is meant for whoever sent it. */
public final class InvalidKeyField extends Exception {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final boolean unknown;

    /** @param field as the admin API names it, such as {@code limits.concurrency} */
    public InvalidKeyField(String field, String message) {
        this(field, message, false);
    }

    private InvalidKeyField(String field, String message, boolean unknown) {
        super(message, null, false, false);
        this.field = field;
        this.unknown = unknown;
    }

    /** Keys have no such field. */
    public static InvalidKeyField unknown(String field) {
        return new InvalidKeyField(field, "there is no such field", true);
    }

    public String field() {
        return field;
    }

    /** True when there is no field of this name at all. */
    public boolean isUnknown() {
        return unknown;
    }
}
