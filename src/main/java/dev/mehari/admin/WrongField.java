package dev.mehari.admin;

/** A field of a request is wrong; nothing has been changed. Becomes 400 with the field named. */
final class WrongField extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String field;

    /** {@code code} is machine-readable: {@code invalid_value}, {@code unknown_field} or {@code invalid_body}. */
    WrongField(String code, String field, String message) {
        super(message);
        this.code = code;
        this.field = field;
    }

    static WrongField value(String field, String message) {
        return new WrongField("invalid_value", field, message);
    }

    static WrongField unknown(String field) {
        return new WrongField("unknown_field", field, "There is no field `" + field + "` here.");
    }

    String code() {
        return code;
    }

    String field() {
        return field;
    }
}
