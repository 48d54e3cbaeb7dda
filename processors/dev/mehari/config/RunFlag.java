package dev.mehari.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flag of {@code mehari run} and the setting it gives. {@code --config} is not here: it says where settings are read
 * from, and is the command's own.
 *
 * @param flag with its dashes
 * @param key the setting
 * @param kind how its value is written
 */
public record RunFlag(String flag, String key, Kind kind) {
    /** How a flag's value is written. */
    public enum Kind {
        /** As in a properties file. */
        TEXT,
        /** A number of seconds, or a duration with its unit. */
        SECONDS,
        /** No value: given means true. */
        SWITCH,
        /** No value: given means false. */
        SWITCH_OFF
    }

    /** Every flag, in the order of the help text. */
    public static final List<RunFlag> ALL = List.of(
            text("--port", "mehari.listen.port"),
            text("--host", "mehari.listen.host"),
            text("--admin-port", "mehari.admin.port"),
            text("--admin-host", "mehari.admin.host"),
            text("--data-dir", "mehari.data.dir"),
            text("--db-url", "mehari.db.url"),
            text("--target-host", "mehari.target.host"),
            text("--target-port", "mehari.target.port"),
            new RunFlag("--target-tls", "mehari.target.tls", Kind.SWITCH),
            new RunFlag("--connect-timeout", "mehari.upstream.connect-timeout", Kind.SECONDS),
            new RunFlag("--read-timeout", "mehari.upstream.read-timeout", Kind.SECONDS),
            text("--max-concurrent-requests", "mehari.proxy.max-concurrent"),
            text("--max-queue-size", "mehari.proxy.max-queue"),
            text("--pool-maxsize", "mehari.upstream.pool-max-size"),
            text("--max-retries", "mehari.retry.max"),
            text("--circuit-breaker-threshold", "mehari.breaker.threshold"),
            new RunFlag("--circuit-breaker-timeout", "mehari.breaker.wait", Kind.SECONDS),
            text("--preset", "mehari.preset"),
            text("--routes", "mehari.routes.dir"),
            new RunFlag("--no-auth", "mehari.auth", Kind.SWITCH_OFF));

    private static RunFlag text(String flag, String key) {
        return new RunFlag(flag, key, Kind.TEXT);
    }

    static @Nullable RunFlag byKey(String key) {
        return ALL.stream().filter(flag -> flag.key.equals(key)).findFirst().orElse(null);
    }

    /** The value as a properties file would have it. */
    String asText(String value) {
        return switch (kind) {
            case TEXT -> value;
            case SECONDS -> value.chars().allMatch(Character::isDigit) ? value + "s" : value;
            case SWITCH -> value;
            case SWITCH_OFF -> value.equals("true") ? "false" : value;
        };
    }
}
