package dev.mehari.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every record with its defaults, and with every key set to something else. */
class RecordsTest {
    private static final Configuration DEFAULTS = new Configuration(
            new ListenConfig("0.0.0.0", 8080, "127.0.0.1", 9090),
            new AdminConfig(null, null, Duration.ofMinutes(30), Duration.ofHours(12)),
            new AuthConfig(true),
            new DataConfig(Path.of("data"), null, null, null, 8, Duration.ofSeconds(5)),
            new ProxyDefaults(100, 0, 200, Duration.ofSeconds(5)),
            new QueueConfig(Duration.ofSeconds(10)),
            new TargetConfig(null, 80, false, "", null, null, null, null),
            new TimeoutConfig(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMinutes(5), null),
            new PoolConfig(10_000, Duration.ofSeconds(55)),
            new BreakerConfig(5, Duration.ofMinutes(1)),
            new UpstreamsConfig(null),
            new CredentialConfig(
                    null,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(5),
                    CredentialConfig.Adaptive.OFF,
                    false),
            new RetryConfig(
                    2,
                    Duration.ofMillis(200),
                    2,
                    20,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    20,
                    Set.of(429, 503, 529)),
            new ProbeConfig(4, Duration.ofSeconds(10), 3),
            new RelayLimits(
                    new ByteSize(12_000_000),
                    new ByteSize(65_536),
                    new ByteSize(16_384),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(75)),
            new LimitsConfig(LimitsConfig.Ledger.AUTO, Duration.ofSeconds(30), Duration.ofSeconds(30), false),
            new AlertsConfig(
                    new AlertsConfig.Levels(80, 95),
                    new AlertsConfig.Levels(0, 50),
                    new AlertsConfig.Levels(0, 5),
                    null,
                    null),
            new TracesConfig(null, 1.0, null),
            new AuditConfig(
                    true,
                    null,
                    AuditConfig.Client.FULL,
                    List.of(),
                    100_000,
                    2_000,
                    Duration.ofMillis(200),
                    Duration.ofSeconds(1),
                    new AuditConfig.Journal(new ByteSize(1 << 30), AuditConfig.Fsync.INTERVAL, Duration.ofSeconds(1))),
            new AuditKeepConfig(
                    Duration.ofDays(90), Duration.ofDays(400), Duration.ofDays(3650), new ByteSize(20L << 30)),
            new CaptureConfig(
                    new ByteSize(256 << 10), new ByteSize(64 << 20), Duration.ofDays(7), new ByteSize(10L << 30)),
            new StartConfig(Duration.ofMillis(800)),
            new ShutdownConfig(Duration.ZERO, Duration.ofMinutes(1)),
            new RoutesConfig(null, true));

    private static final Map<String, String> CHANGED = new TreeMap<>(Map.ofEntries(
            Map.entry("mehari.preset", "high-load"),
            Map.entry("mehari.listen.host", "127.0.0.1"),
            Map.entry("mehari.listen.port", "81"),
            Map.entry("mehari.admin.host", "0.0.0.0"),
            Map.entry("mehari.admin.port", "0"),
            Map.entry("mehari.admin.token", "0123456789abcdef0123456789abcdef"),
            Map.entry("mehari.admin.password", "correct horse"),
            Map.entry("mehari.admin.session-idle", "29s"),
            Map.entry("mehari.admin.session-max", "31s"),
            Map.entry("mehari.auth", "off"),
            Map.entry("mehari.data.dir", "/var/mehari"),
            Map.entry("mehari.db.url", "jdbc:postgresql://db/mehari"),
            Map.entry("mehari.db.user", "me"),
            Map.entry("mehari.db.password", "pw"),
            Map.entry("mehari.db.pool-size", "3"),
            Map.entry("mehari.db.connect-timeout", "1s"),
            Map.entry("mehari.proxy.max-concurrent", "7"),
            Map.entry("mehari.proxy.rate-limit", "8"),
            Map.entry("mehari.proxy.max-queue", "0"),
            Map.entry("mehari.proxy.queue-timeout", "9s"),
            Map.entry("mehari.queue.heartbeat", "11s"),
            Map.entry("mehari.target.host", "api.internal"),
            Map.entry("mehari.target.port", "8443"),
            Map.entry("mehari.target.tls", "yes"),
            Map.entry("mehari.routes.dir", "my-routes"),
            Map.entry("mehari.routes.reload", "false"),
            Map.entry("mehari.target.path", "/api/"),
            Map.entry("mehari.target.authorization", "Bearer t"),
            Map.entry("mehari.openai.api-key", "o"),
            Map.entry("mehari.anthropic.api-key", "a"),
            Map.entry("mehari.upstream.forward-proxy", "http://proxy:3128"),
            Map.entry("mehari.upstream.connect-timeout", "12s"),
            Map.entry("mehari.upstream.read-timeout", "13s"),
            Map.entry("mehari.upstream.first-byte-timeout", "14s"),
            Map.entry("mehari.upstream.idle-timeout", "15s"),
            Map.entry("mehari.upstream.total-timeout", "16m"),
            Map.entry("mehari.upstream.pool-max-size", "17"),
            Map.entry("mehari.upstream.pool-idle", "18s"),
            Map.entry("mehari.breaker.threshold", "19"),
            Map.entry("mehari.breaker.wait", "21s"),
            Map.entry("mehari.upstreams.yaml", "mine.yaml"),
            Map.entry("mehari.credentials.master-key", "sealing wax"),
            Map.entry("mehari.credentials.wait", "32s"),
            Map.entry("mehari.credentials.user-wait", "34s"),
            Map.entry("mehari.credentials.refresh-ahead", "33s"),
            Map.entry("mehari.credentials.adaptive", "observe"),
            Map.entry("mehari.credentials.ban", "yes"),
            Map.entry("mehari.retry.max", "3"),
            Map.entry("mehari.retry.backoff", "34ms"),
            Map.entry("mehari.retry.multiplier", "3"),
            Map.entry("mehari.retry.jitter", "41"),
            Map.entry("mehari.retry.max-backoff", "35s"),
            Map.entry("mehari.retry.longest-wait", "36s"),
            Map.entry("mehari.retry.budget", "37"),
            Map.entry("mehari.retry.statuses", "500, 503"),
            Map.entry("mehari.probe.at-once", "38"),
            Map.entry("mehari.probe.timeout", "39s"),
            Map.entry("mehari.probe.failures", "40"),
            Map.entry("mehari.relay.max-body", "22MB"),
            Map.entry("mehari.relay.max-header", "23KiB"),
            Map.entry("mehari.relay.max-initial-line", "24KiB"),
            Map.entry("mehari.relay.request-idle", "25s"),
            Map.entry("mehari.relay.keep-alive", "26s"),
            Map.entry("mehari.limits", "cluster"),
            Map.entry("mehari.limits.lease", "28s"),
            Map.entry("mehari.limits.outage", "0"),
            Map.entry("mehari.limits.decision-log", "on"),
            Map.entry("mehari.alerts.concurrency.warn", "42"),
            Map.entry("mehari.alerts.concurrency.critical", "43"),
            Map.entry("mehari.alerts.queue.warn", "44"),
            Map.entry("mehari.alerts.queue.critical", "45"),
            Map.entry("mehari.alerts.refusals.warn", "46"),
            Map.entry("mehari.alerts.refusals.critical", "47"),
            Map.entry("mehari.alerts.webhook", "https://hooks.example.com/a"),
            Map.entry("mehari.alerts.instance", "gw1"),
            Map.entry("mehari.traces.endpoint", "http://collector:4318"),
            Map.entry("mehari.traces.sample", "0.25"),
            Map.entry("mehari.traces.headers", "Authorization=x"),
            Map.entry("mehari.audit.enabled", "off"),
            Map.entry("mehari.audit.key", "c2VjcmV0"),
            Map.entry("mehari.audit.client-address", "truncated"),
            Map.entry("mehari.audit.trusted-proxies", "10.0.0.0/8, ::1"),
            Map.entry("mehari.audit.queue", "70001"),
            Map.entry("mehari.audit.batch", "702"),
            Map.entry("mehari.audit.batch-wait", "71s"),
            Map.entry("mehari.audit.retry", "72s"),
            Map.entry("mehari.audit.journal.max-size", "73MB"),
            Map.entry("mehari.audit.journal.fsync", "always"),
            Map.entry("mehari.audit.journal.fsync-interval", "74s"),
            Map.entry("mehari.audit.keep", "2d"),
            Map.entry("mehari.audit.keep-hours", "3d"),
            Map.entry("mehari.audit.keep-days", "4d"),
            Map.entry("mehari.audit.max-size", "5MiB"),
            Map.entry("mehari.capture.max-body", "6KiB"),
            Map.entry("mehari.capture.memory", "7MiB"),
            Map.entry("mehari.capture.keep", "8d"),
            Map.entry("mehari.capture.max-size", "9MiB"),
            Map.entry("mehari.start.warm-up", "0"),
            Map.entry("mehari.shutdown.notice", "29s"),
            Map.entry("mehari.shutdown.drain", "27s")));

    private static final Configuration EVERYTHING = new Configuration(
            new ListenConfig("127.0.0.1", 81, "0.0.0.0", 0),
            new AdminConfig(
                    new Secret("0123456789abcdef0123456789abcdef"),
                    new Secret("correct horse"),
                    Duration.ofSeconds(29),
                    Duration.ofSeconds(31)),
            new AuthConfig(false),
            new DataConfig(
                    Path.of("/var/mehari"),
                    "jdbc:postgresql://db/mehari",
                    "me",
                    new Secret("pw"),
                    3,
                    Duration.ofSeconds(1)),
            new ProxyDefaults(7, 8, 0, Duration.ofSeconds(9)),
            new QueueConfig(Duration.ofSeconds(11)),
            new TargetConfig(
                    "api.internal",
                    8443,
                    true,
                    "/api",
                    new Secret("Bearer t"),
                    new Secret("o"),
                    new Secret("a"),
                    URI.create("http://proxy:3128")),
            new TimeoutConfig(
                    Duration.ofSeconds(12), Duration.ofSeconds(14), Duration.ofSeconds(15), Duration.ofMinutes(16)),
            new PoolConfig(17, Duration.ofSeconds(18)),
            new BreakerConfig(19, Duration.ofSeconds(21)),
            new UpstreamsConfig(Path.of("mine.yaml")),
            new CredentialConfig(
                    new Secret("sealing wax"),
                    Duration.ofSeconds(32),
                    Duration.ofSeconds(34),
                    Duration.ofSeconds(33),
                    CredentialConfig.Adaptive.OBSERVE,
                    true),
            new RetryConfig(
                    3,
                    Duration.ofMillis(34),
                    3,
                    41,
                    Duration.ofSeconds(35),
                    Duration.ofSeconds(36),
                    37,
                    Set.of(500, 503)),
            new ProbeConfig(38, Duration.ofSeconds(39), 40),
            new RelayLimits(
                    new ByteSize(22_000_000),
                    new ByteSize(23_552),
                    new ByteSize(24_576),
                    Duration.ofSeconds(25),
                    Duration.ofSeconds(26)),
            new LimitsConfig(LimitsConfig.Ledger.CLUSTER, Duration.ofSeconds(28), Duration.ZERO, true),
            new AlertsConfig(
                    new AlertsConfig.Levels(42, 43),
                    new AlertsConfig.Levels(44, 45),
                    new AlertsConfig.Levels(46, 47),
                    new Secret("https://hooks.example.com/a"),
                    "gw1"),
            new TracesConfig(URI.create("http://collector:4318/v1/traces"), 0.25, new Secret("Authorization=x")),
            new AuditConfig(
                    false,
                    new Secret("c2VjcmV0"),
                    AuditConfig.Client.TRUNCATED,
                    List.of("10.0.0.0/8", "::1"),
                    70_001,
                    702,
                    Duration.ofSeconds(71),
                    Duration.ofSeconds(72),
                    new AuditConfig.Journal(
                            new ByteSize(73_000_000), AuditConfig.Fsync.ALWAYS, Duration.ofSeconds(74))),
            new AuditKeepConfig(Duration.ofDays(2), Duration.ofDays(3), Duration.ofDays(4), new ByteSize(5L << 20)),
            new CaptureConfig(new ByteSize(6 << 10), new ByteSize(7 << 20), Duration.ofDays(8), new ByteSize(9 << 20)),
            new StartConfig(Duration.ZERO),
            new ShutdownConfig(Duration.ofSeconds(29), Duration.ofSeconds(27)),
            new RoutesConfig(Path.of("my-routes"), false));

    @Test
    void defaults() {
        assertThat(Configuration.from(Settings.of())).isEqualTo(DEFAULTS);
    }

    @Test
    void every_key_maps() {
        Settings settings = Settings.of(Layer.properties("file", CHANGED));

        assertThat(Configuration.from(settings)).isEqualTo(EVERYTHING);
        assertThat(settings.declared())
                .extracting(Settings.Setting::key)
                .containsExactlyInAnyOrderElementsOf(CHANGED.keySet());
    }

    @Test
    void every_key_maps_from_the_environment() {
        Map<String, String> variables = new TreeMap<>();
        CHANGED.forEach((key, value) -> variables.put(Layer.variable(key), value));

        assertThat(Configuration.from(Settings.of(Layer.environment(variables))))
                .isEqualTo(EVERYTHING);
    }

    @Test
    void every_key_maps_from_files(@TempDir Path folder) throws Exception {
        Map<String, String> variables = new TreeMap<>();
        for (Map.Entry<String, String> changed : CHANGED.entrySet()) {
            Path file = Files.writeString(folder.resolve(changed.getKey()), changed.getValue() + "\n");
            variables.put(Layer.variable(changed.getKey()) + "_FILE", file.toString());
        }

        assertThat(Configuration.from(Settings.of(Layer.environment(variables))))
                .isEqualTo(EVERYTHING);
    }

    @Test
    void no_component_is_the_same_in_both() {
        List<String> same = new ArrayList<>();
        for (RecordComponent concern : Configuration.class.getRecordComponents()) {
            Record left = (Record) valueOf(concern, DEFAULTS);
            Record right = (Record) valueOf(concern, EVERYTHING);
            for (RecordComponent component : left.getClass().getRecordComponents()) {
                Object value = valueOf(component, left);
                if (value == null ? valueOf(component, right) == null : value.equals(valueOf(component, right))) {
                    same.add(concern.getName() + "." + component.getName());
                }
            }
        }

        assertThat(same).isEmpty();
    }

    @Test
    void every_flag_gives_a_declared_key() {
        Settings settings = Settings.of();
        Configuration.from(settings);
        List<String> keys =
                settings.declared().stream().map(Settings.Setting::key).toList();

        assertThat(RunFlag.ALL).extracting(RunFlag::key).doesNotHaveDuplicates().isSubsetOf(keys);
        assertThat(RunFlag.ALL).extracting(RunFlag::flag).doesNotHaveDuplicates();
        for (RunFlag flag : RunFlag.ALL) {
            Map<String, String> given = new TreeMap<>(Map.of("--host", "127.0.0.1", "--target-host", "h"));
            boolean isSwitch = flag.kind() == RunFlag.Kind.SWITCH || flag.kind() == RunFlag.Kind.SWITCH_OFF;
            given.put(flag.flag(), isSwitch ? "true" : CHANGED.get(flag.key()));
            Settings one = Settings.of(Layer.flags(given));

            assertThat(Configuration.from(one)).isNotEqualTo(DEFAULTS);
            assertThat(one.effective().get(flag.key())).as(flag.flag()).isNotEqualTo(defaultOf(flag.key(), settings));
        }
    }

    private static String defaultOf(String key, Settings settings) {
        return settings.declared().stream()
                .filter(setting -> setting.key().equals(key))
                .map(Settings.Setting::defaultText)
                .findFirst()
                .orElseThrow();
    }

    private static Object valueOf(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException unexpected) {
            throw new LinkageError(component.getName(), unexpected);
        }
    }
}
