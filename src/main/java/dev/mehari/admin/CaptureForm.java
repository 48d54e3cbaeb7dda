package dev.mehari.admin;

import dev.mehari.caller.CapturePolicy;
import dev.mehari.caller.CapturePolicy.Scope;
import dev.mehari.caller.KeyRules;
import dev.mehari.failure.InvalidField;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The policy of capture as JSON says it: {@code capture} with {@code capture_for} or {@code capture_until}, each null where
 * the body has no such field. An end alone moves that of the policy in force, and a scope alone keeps its end.
 */
final class CaptureForm {
    private enum Choice {
        NONE,
        ERRORS,
        ALL
    }

    private CaptureForm() {}

    /** The policy as it is to be, when it was {@code before}. */
    static @Nullable CapturePolicy read(
            @Nullable JsonField scope,
            @Nullable JsonField time,
            @Nullable JsonField until,
            @Nullable CapturePolicy before,
            Instant now)
            throws InvalidField {
        Instant end = end(time, until, now);
        CapturePolicy inForce = before != null && before.isInForce(now) ? before : null;
        if (scope == null) {
            JsonField given = time == null ? until : time;
            return given == null ? before : moved(inForce, given, end);
        }
        Choice choice = scope.oneOf(Choice.class, Choice.NONE);
        if (choice == Choice.NONE) {
            if (end != null) {
                throw scope.wrong("none has no end");
            }
            return null;
        }
        if (end == null) {
            end = inForce == null ? null : inForce.until();
        }
        if (end == null) {
            throw new InvalidField(
                    "capture_for",
                    "say for how long, such as 2h, up to 30d: a capture without an end would be forgotten");
        }
        return new CapturePolicy(choice == Choice.ALL ? Scope.ALL : Scope.ERRORS, end);
    }

    private static @Nullable CapturePolicy moved(
            @Nullable CapturePolicy inForce, JsonField given, @Nullable Instant end) throws InvalidField {
        if (inForce == null && end == null) {
            return null;
        }
        if (inForce == null) {
            throw given.wrong("nothing is captured: say capture, too");
        }
        if (end == null) {
            throw given.wrong("a capture has an end; capture none ends it now");
        }
        return new CapturePolicy(inForce.scope(), end);
    }

    /** Null when none is given. */
    private static @Nullable Instant end(@Nullable JsonField time, @Nullable JsonField until, Instant now)
            throws InvalidField {
        Duration length = time == null ? null : time.duration();
        Instant at = until == null ? null : until.time();
        if (length != null && at != null && until != null) {
            throw until.wrong("a capture ends after a time or at one, not both");
        }
        if (length != null && time != null) {
            return now.plus(KeyRules.captureFor(time.name(), length));
        }
        return at == null || until == null ? null : KeyRules.captureUntil(until.name(), at, now);
    }
}
