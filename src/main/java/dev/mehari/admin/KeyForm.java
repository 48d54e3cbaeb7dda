package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.Access;
import dev.mehari.caller.AllowList;
import dev.mehari.caller.CapturePolicy;
import dev.mehari.caller.Expiry;
import dev.mehari.caller.KeyFields;
import dev.mehari.caller.KeyRules;
import dev.mehari.failure.InvalidField;
import dev.mehari.limits.KeyLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a key as JSON says them: what is given changes, null resets, the rest stays as it was. Only what is given is
 * checked, so that a key that was made odd with SQL can still be disabled.
 */
final class KeyForm {
    private static final int HIGHEST_PRIORITY = 9;

    private String name;
    private String description;
    private List<String> tags;
    private String owner;
    private boolean enabled;
    private int priority;
    private Expiry expiry;
    private AllowList models;
    private AllowList clients;
    private AllowList upstreams;
    private KeyLimits limits;
    private @Nullable CapturePolicy capture;

    private KeyForm(KeyFields before) {
        name = before.name();
        description = before.description();
        tags = before.tags();
        owner = before.owner();
        enabled = before.enabled();
        priority = before.priority();
        expiry = before.expiry();
        models = before.access().models();
        clients = before.access().clients();
        upstreams = before.access().upstreams();
        limits = before.limits();
        capture = before.capture();
    }

    /** A new key; its name has to be given. */
    static KeyFields create(ObjectNode body, Instant now) throws InvalidField {
        if (!body.hasNonNull("name")) {
            throw new InvalidField("name", "a key needs a name");
        }
        return edit(body, KeyFields.named(""), now);
    }

    /** {@code before} with what {@code body} gives. */
    static KeyFields edit(ObjectNode body, KeyFields before, Instant now) throws InvalidField {
        KeyForm form = new KeyForm(before);
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            form.take(new JsonField(field.getKey(), field.getValue()));
        }
        form.takeExpiry(field(body, "expires_at"), field(body, "expires_after"));
        form.capture = CaptureForm.read(
                field(body, "capture"), field(body, "capture_for"), field(body, "capture_until"), form.capture, now);
        return new KeyFields(
                form.name,
                form.description,
                form.tags,
                form.owner,
                form.enabled,
                form.priority,
                form.expiry,
                new Access(form.models, form.clients, form.upstreams),
                form.limits,
                form.capture);
    }

    private void take(JsonField field) throws InvalidField {
        switch (field.name()) {
            case "name" -> name = KeyRules.name(field.name(), field.text());
            case "description" -> description = KeyRules.description(field.name(), field.text());
            case "tags" -> tags = KeyRules.tags(field.name(), field.texts());
            case "owner" -> owner = KeyRules.owner(field.name(), field.text());
            case "enabled" -> enabled = field.bool(true);
            case "priority" -> priority = (int) field.whole(0, HIGHEST_PRIORITY, KeyFields.USUAL_PRIORITY);
            case "allowed_models" -> models = KeyRules.patterns(field.name(), field.texts());
            case "allowed_clients" -> clients = KeyRules.patterns(field.name(), field.texts());
            case "allowed_upstreams" -> upstreams = KeyRules.patterns(field.name(), field.texts());
            case "limits" -> limits = LimitsForm.read(field, limits);
            case "expires_at", "expires_after" -> {} // both are looked at together
            case "capture", "capture_for", "capture_until" -> {} // as are these
            default -> throw field.unknown();
        }
    }

    private void takeExpiry(@Nullable JsonField at, @Nullable JsonField after) throws InvalidField {
        Instant newAt = at == null ? null : at.time();
        Duration newAfter = after == null ? null : after.duration();
        if (newAt != null && at != null) {
            newAt = KeyRules.expiresAt(at.name(), newAt);
        }
        if (newAfter != null && after != null) {
            newAfter = KeyRules.expiresAfter(after.name(), newAfter);
            if (newAt != null) {
                throw after.wrong("a key expires at a time or after its first use, not both");
            }
        }
        if (newAt != null || newAfter != null) {
            expiry = new Expiry(newAt, newAfter);
        } else if ((at != null && expiry.at() != null) || (after != null && expiry.afterFirstUse() != null)) {
            expiry = Expiry.NEVER;
        }
    }

    private static @Nullable JsonField field(ObjectNode body, String name) {
        JsonNode value = body.get(name);
        return value == null ? null : new JsonField(name, value);
    }
}
