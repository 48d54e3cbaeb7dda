package dev.mehari.cli;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Parameters of a question to the admin API. */
final class AdminQuery {
    private final StringJoiner pairs = new StringJoiner("&", "?", "").setEmptyValue("");

    /** One more, unless {@code value} is null. */
    AdminQuery with(String name, @Nullable String value) {
        if (value != null) {
            pairs.add(name + "=" + AdminClient.segment(value));
        }
        return this;
    }

    /** As it stands behind a path. */
    @Override
    public String toString() {
        return pairs.toString();
    }
}
