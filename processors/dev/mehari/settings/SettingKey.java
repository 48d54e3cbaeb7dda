package dev.mehari.settings;

import dev.mehari.config.DurationText;
import dev.mehari.config.NearestName;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A setting that can change while Mehari runs: its name, its range, and its place in {@link SettingsInForce}. */
public enum SettingKey {
    /** Requests under way at once. */
    MAX_CONCURRENT("proxy.max_concurrent", "requests under way at once: a whole number from 1 to 1000000") {
        @Override
        SettingsInForce into(SettingsInForce s, String text) {
            return new SettingsInForce(number(text, 1), s.rateLimit(), s.maxQueue(), s.queueTimeout(), s.auditKeep());
        }

        @Override
        public String of(SettingsInForce settings) {
            return Integer.toString(settings.maxConcurrent());
        }
    },
    /** Requests let in per second. */
    RATE_LIMIT("proxy.rate_limit", "requests let in per second: a whole number up to 1000000, 0 for no limit") {
        @Override
        SettingsInForce into(SettingsInForce s, String text) {
            return new SettingsInForce(
                    s.maxConcurrent(), number(text, 0), s.maxQueue(), s.queueTimeout(), s.auditKeep());
        }

        @Override
        public String of(SettingsInForce settings) {
            return Integer.toString(settings.rateLimit());
        }
    },
    /** Requests waiting at once. */
    MAX_QUEUE("proxy.max_queue", "requests waiting at once: a whole number from 0 to 1000000") {
        @Override
        SettingsInForce into(SettingsInForce s, String text) {
            return new SettingsInForce(
                    s.maxConcurrent(), s.rateLimit(), number(text, 0), s.queueTimeout(), s.auditKeep());
        }

        @Override
        public String of(SettingsInForce settings) {
            return Integer.toString(settings.maxQueue());
        }
    },
    /** Longest wait in the queue. */
    QUEUE_TIMEOUT("proxy.queue_timeout", "longest wait in the queue: a duration from 1ms to 24h, such as 5s") {
        @Override
        SettingsInForce into(SettingsInForce s, String text) {
            return new SettingsInForce(
                    s.maxConcurrent(),
                    s.rateLimit(),
                    s.maxQueue(),
                    duration(text, SHORTEST_WAIT, ONE_DAY),
                    s.auditKeep());
        }

        @Override
        public String of(SettingsInForce settings) {
            return DurationText.of(settings.queueTimeout());
        }
    },
    /** How long events of the audit are kept. */
    AUDIT_KEEP("audit.keep", "how long events of the audit are kept: a duration from 1d to 36500d, such as 90d") {
        @Override
        SettingsInForce into(SettingsInForce s, String text) {
            return new SettingsInForce(
                    s.maxConcurrent(),
                    s.rateLimit(),
                    s.maxQueue(),
                    s.queueTimeout(),
                    duration(text, ONE_DAY, LONGEST_KEEP));
        }

        @Override
        public String of(SettingsInForce settings) {
            return DurationText.of(settings.auditKeep());
        }
    };

    private static final int MOST = 1_000_000;
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);
    private static final Duration ONE_DAY = Duration.ofDays(1);
    private static final Duration LONGEST_KEEP = Duration.ofDays(36_500);

    private final String key;
    private final String description;

    SettingKey(String key, String description) {
        this.key = key;
        this.description = description;
    }

    /** Its name, as in {@code mehari config set proxy.max_concurrent 5}. */
    public String key() {
        return key;
    }

    /** What it is and which values it takes. */
    public String description() {
        return description;
    }

    /** The setting called {@code name}; dashes stand for underscores, too. */
    public static Optional<SettingKey> named(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(values()).filter(key -> key.key.equals(wanted)).findFirst();
    }

    /** What to say of a name that {@link #named} does not know. */
    public static String unknown(String name) {
        List<String> known = Arrays.stream(values()).map(SettingKey::key).toList();
        return "unknown setting " + name + ": "
                + NearestName.of(name, known)
                        .map(nearest -> "did you mean " + nearest + "?")
                        .orElse("choose one of " + String.join(", ", known));
    }

    /**
     * {@code settings} with this one changed.
     *
     * @throws IllegalArgumentException when {@code text} is no value for it
     */
    abstract SettingsInForce into(SettingsInForce settings, String text);

    /** The value in {@code settings}, as one would set it. */
    public abstract String of(SettingsInForce settings);

    private static int number(String text, int least) {
        int value = Integer.parseInt(text.strip());
        if (value < least || value > MOST) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }

    private static Duration duration(String text, Duration least, Duration most) {
        Duration value = DurationText.parse(text);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }
}
