package dev.mehari.admin;

import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be done as it was sent; nothing has changed. The message is for whoever sent it, and says all without
 * the other parts.
 */
final class AdminRefusal extends Exception {
    private static final long serialVersionUID = 1L;
    private static final Duration SOON = Duration.ofSeconds(1);

    private final int status;
    private final String code;
    private final @Nullable String field;
    private final @Nullable Duration retryAfter;

    private AdminRefusal(
            int status, String code, @Nullable String field, String message, @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.field = field;
        this.retryAfter = retryAfter;
    }

    private static AdminRefusal ofField(int status, String code, String field, String what) {
        return new AdminRefusal(status, code, field, field + ": " + what, null);
    }

    /** 400: {@code field} holds what it may not; {@code what} goes on from its name, such as "must be text". */
    static AdminRefusal invalidValue(String field, String what) {
        return ofField(400, "invalid_value", field, what);
    }

    /** 400: there is no {@code field}; {@code what} says which there are. */
    static AdminRefusal unknownField(String field, String what) {
        return ofField(400, "unknown_field", field, what);
    }

    /** 400: the body is not what this resource takes. */
    static AdminRefusal invalidBody(String what) {
        return ofField(400, "invalid_body", "body", what);
    }

    /** 400: another has this name. */
    static AdminRefusal duplicateName(String what) {
        return ofField(400, "duplicate_name", "name", what);
    }

    /** 400: another has this secret. */
    static AdminRefusal duplicateSecret(String what) {
        return ofField(400, "duplicate_secret", "secret", what);
    }

    /** 400: in the state that it is in, this cannot be done with it. */
    static AdminRefusal invalidState(String what) {
        return ofField(400, "invalid_state", "state", what);
    }

    /** 400: what is wrong with a key's field. */
    static AdminRefusal of(InvalidField wrong) {
        String what = String.valueOf(wrong.getMessage());
        return wrong.isUnknown() ? unknownField(wrong.field(), what) : invalidValue(wrong.field(), what);
    }

    /** 404: there is no {@code what} that {@code field}, a part of the path, could mean. */
    static AdminRefusal unknown(String what, String field, String message) {
        return new AdminRefusal(404, "unknown_" + what, field, message, null);
    }

    /** 404: there is no key with the id in the path. */
    static AdminRefusal unknownKey() {
        return unknown("key", "id", "There is no key with this id.");
    }

    /** 404: there is nothing at this path, or not with this method. */
    static AdminRefusal unknownResource(String message) {
        return new AdminRefusal(404, "unknown_resource", null, message, null);
    }

    /** 401: the caller has not shown who it is. */
    static AdminRefusal unauthenticated(String code, String message) {
        return new AdminRefusal(401, code, null, message, null);
    }

    /** 403: the request may be another site's doing. */
    static AdminRefusal csrf(String message) {
        return new AdminRefusal(403, "csrf", null, message, null);
    }

    /** 403: {@code field} should hold the password in force, and does not. */
    static AdminRefusal wrongPassword(String field) {
        return ofField(403, "wrong_password", field, "is not the password in force");
    }

    /** 429: too many wrong passwords. */
    static AdminRefusal tooManyLogins(Duration retryAfter) {
        return new AdminRefusal(
                429, "too_many_logins", null, "There were too many logins with a wrong password; wait.", retryAfter);
    }

    /** 503: the database is away. */
    static AdminRefusal of(StorageUnavailable away) {
        Duration retryAfter = away.retryAfter();
        return new AdminRefusal(
                503, away.code(), null, String.valueOf(away.getMessage()), retryAfter == null ? SOON : retryAfter);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    /** To blame: a field of the body, a query parameter or a part of the path; null where none is. */
    @Nullable
    String field() {
        return field;
    }

    /** When to try again; null when that does not help. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
