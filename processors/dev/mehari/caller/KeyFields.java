package dev.mehari.caller;

import dev.mehari.limits.KeyLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What operators decide about a key. {@link KeyRules} says what each may be; what is in the database may be odder.
 *
 * @param name unique among keys that are not deleted
 * @param description empty for none
 * @param tags in their order
 * @param owner who uses it; empty when nobody is named
 * @param enabled false refuses it
 * @param priority 0-9, higher first
 * @param limits {@link KeyLimits#NONE} for no limit
 * @param capture of whose calls bodies are kept; null for none
 */
public record KeyFields(
        String name,
        String description,
        List<String> tags,
        String owner,
        boolean enabled,
        int priority,
        Expiry expiry,
        Access access,
        KeyLimits limits,
        @Nullable CapturePolicy capture) {
    /** Priority of a key for which none is chosen. */
    public static final int USUAL_PRIORITY = 5;

    public KeyFields {
        tags = List.copyOf(tags);
    }

    /** A key with this name and nothing else said. */
    public static KeyFields named(String name) {
        return new KeyFields(
                name, "", List.of(), "", true, USUAL_PRIORITY, Expiry.NEVER, Access.ALL, KeyLimits.NONE, null);
    }
}
