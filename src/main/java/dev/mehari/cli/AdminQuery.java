package dev.mehari.cli;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Parameters of a question to the admin API. */
final class AdminQuery {
    private final StringJoiner pairs = new StringJoiner("&", "?", "").setEmptyValue("");

    /** One more, unless {@code value} is null; refuses one that is empty, which would be none at all. */
    AdminQuery with(String name, @Nullable String value) throws AdminFailure {
        if (value != null) {
            if (value.isBlank()) {
                throw new AdminFailure("--" + name + " is empty: give it a value, or leave it out.", true);
            }
            pairs.add(name + "=" + AdminClient.encoded(value));
        }
        return this;
    }

    /** As it stands behind a path. */
    @Override
    public String toString() {
        return pairs.toString();
    }
}
