package dev.mehari.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How calls are written down.
 *
 * @param enabled false leaves no events
 * @param key what events are signed with; null for the file {@code audit-key} in the data folder
 * @param client what is shown of clients' addresses
 * @param trustedProxies networks and addresses whose {@code X-Forwarded-For} counts
 * @param queue events that wait in memory at most
 * @param batch events that are written at once at most
 * @param batchWait longest time that an event waits for others
 * @param retry after a failure, until writing is tried again
 * @param journal how events are kept while they cannot be written
 */
public record AuditConfig(
        boolean enabled,
        @Nullable Secret key,
        Client client,
        List<String> trustedProxies,
        int queue,
        int batch,
        Duration batchWait,
        Duration retry,
        Journal journal) {
    private static final Pattern NETWORK = Pattern.compile("([0-9.]{7,15}|[0-9a-fA-F]*:[0-9a-fA-F:.]*)(/[0-9]{1,3})?");

    /** What is shown of clients' addresses. */
    public enum Client {
        FULL,
        /** The network only: 24 bits of an IPv4 address, 48 of an IPv6 one. */
        TRUNCATED,
        NONE
    }

    /** When the journal is made to reach the disk. */
    public enum Fsync {
        /** With each batch. */
        ALWAYS,
        /** Every {@link Journal#fsyncInterval}. */
        INTERVAL,
        /** When the operating system likes to. */
        NEVER
    }

    /**
     * How events are kept while they cannot be written.
     *
     * @param maxSize beyond it the oldest events are dropped
     * @param fsyncInterval heeded with {@link Fsync#INTERVAL} only
     */
    public record Journal(ByteSize maxSize, Fsync fsync, Duration fsyncInterval) {}

    public AuditConfig {
        trustedProxies = List.copyOf(trustedProxies);
    }

    public static AuditConfig from(Settings settings) {
        return new AuditConfig(
                settings.flag("mehari.audit.enabled", true, "each call leaves an event"),
                settings.optionalSecret(
                        "mehari.audit.key",
                        "Ed25519 key that events are signed with; none makes one in the data folder"),
                settings.oneOf(
                        "mehari.audit.client-address",
                        Client.class,
                        "full",
                        "what events show of clients' addresses: full, truncated to the network, or none"),
                proxies(settings),
                settings.integer(
                        "mehari.audit.queue", 100_000, 1_000, 10_000_000, "events that wait in memory at most"),
                settings.integer("mehari.audit.batch", 2_000, 1, 100_000, "events that are written at once at most"),
                settings.duration(
                        "mehari.audit.batch-wait",
                        "200ms",
                        Duration.ofMillis(1),
                        "longest time that an event waits for others to be written with"),
                settings.duration(
                        "mehari.audit.retry",
                        "1s",
                        Duration.ofMillis(10),
                        "wait after a failure before writing is tried again"),
                new Journal(
                        settings.size(
                                "mehari.audit.journal.max-size",
                                "1GiB",
                                1 << 16,
                                1L << 40,
                                "room for events while they cannot be written; then the oldest are dropped"),
                        settings.oneOf(
                                "mehari.audit.journal.fsync",
                                Fsync.class,
                                "interval",
                                "when the journal is made to reach the disk: always, interval or never"),
                        settings.duration(
                                "mehari.audit.journal.fsync-interval",
                                "1s",
                                Duration.ofMillis(1),
                                "how often, with mehari.audit.journal.fsync=interval")));
    }

    private static List<String> proxies(Settings settings) {
        String key = "mehari.audit.trusted-proxies";
        String text = settings.optionalText(
                key, "networks and addresses, with commas between them, whose X-Forwarded-For names the client");
        if (text == null) {
            return List.of();
        }
        List<String> proxies =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (proxies.stream().allMatch(one -> NETWORK.matcher(one).matches())) {
            return proxies;
        }
        settings.problem(key + ": \"" + text + "\": write networks such as 10.0.0.0/8,fd00::/8, or addresses");
        return List.of();
    }
}
