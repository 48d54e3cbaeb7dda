package dev.mehari.failure;

/** A field of what an operator sent, such as a key, cannot have this value. The message is meant for whoever sent it. */
public final class InvalidField extends Exception {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final boolean unknown;

    /** @param field as the admin API names it, such as {@code limits.concurrency} */
    public InvalidField(String field, String message) {
        this(field, message, false);
    }

    private InvalidField(String field, String message, boolean unknown) {
        super(message, null, false, false);
        this.field = field;
        this.unknown = unknown;
    }

    /** There is no such field. */
    public static InvalidField unknown(String field) {
        return new InvalidField(field, "there is no such field", true);
    }

    public String field() {
        return field;
    }

    /** True when there is no field of this name at all. */
    public boolean isUnknown() {
        return unknown;
    }
}
