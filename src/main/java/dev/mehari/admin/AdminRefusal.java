package dev.mehari.admin;

import org.jspecify.annotations.Nullable;

/** A request that cannot be done as it was sent; nothing has changed. The message is for whoever sent it. */
final class AdminRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final @Nullable String field;

    private AdminRefusal(int status, String code, @Nullable String field, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.field = field;
    }

    /** 400: {@code field} holds what it may not. */
    static AdminRefusal invalidValue(String field, String message) {
        return new AdminRefusal(400, "invalid_value", field, message);
    }

    /** 400: there is no {@code field}. */
    static AdminRefusal unknownField(String field, String message) {
        return new AdminRefusal(400, "unknown_field", field, message);
    }

    /** 400: the body is not what this resource takes. */
    static AdminRefusal invalidBody(String message) {
        return new AdminRefusal(400, "invalid_body", null, message);
    }

    /** 404: there is none with this id. */
    static AdminRefusal unknown(String what, String message) {
        return new AdminRefusal(404, "unknown_" + what, "id", message);
    }

    /** 401: the caller has not shown who it is. */
    static AdminRefusal unauthenticated(String code, String message) {
        return new AdminRefusal(401, code, null, message);
    }

    /** 403: the request may be another site's doing. */
    static AdminRefusal csrf(String message) {
        return new AdminRefusal(403, "csrf", null, message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    @Nullable
    String field() {
        return field;
    }
}
