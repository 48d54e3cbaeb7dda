package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.TracesConfig;
import dev.mehari.credential.PoolObserver;
import dev.mehari.credential.RefreshObserver;
import dev.mehari.limits.KeyQueues;
import dev.mehari.limits.LimitCounts;
import dev.mehari.probe.ProbeObserver;
import dev.mehari.retry.RetryCounts;
import dev.mehari.telemetry.traces.SpanExport;
import dev.mehari.testing.FakeViews;
import dev.mehari.usage.MeteredCall;
import dev.mehari.usage.TokenUsage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MBeansTest {
    private static final Path LIST = Path.of("docs/observing.md");

    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final FakeViews views = new FakeViews();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private MBeans beans;

    @BeforeEach
    void register() throws Exception {
        var settings = Map.of("proxy.max_concurrent", "100");
        beans = MBeans.register(
                server,
                "https://api.openai.com",
                views,
                views,
                views,
                new CallMetrics(() -> 0),
                () -> settings,
                registry);
    }

    @AfterEach
    void takeBack() throws Exception {
        beans.close();
    }

    @Test
    void show_the_state_until_closed() throws Exception {
        views.inUse = 3;
        views.open = true;

        assertThat(get("Admission", "InUse")).isEqualTo(3);
        assertThat(get("Upstream", "CircuitOpen")).isEqualTo(true);
        assertThat(get("Calls", "SuccessRate")).isEqualTo(100.0);
        assertThat(get("Settings", "Values").toString()).contains("proxy.max_concurrent");

        beans.close();
        assertThat(server.queryNames(new ObjectName("dev.mehari:*"), null)).isEmpty();
    }

    @Test
    void are_listed_with_each_attribute_its_type_unit_and_meaning() throws Exception {
        TreeSet<String> rows = new TreeSet<>();
        for (ObjectName name : server.queryNames(new ObjectName("dev.mehari:*"), null)) {
            MBeanInfo info = server.getMBeanInfo(name);
            assertThat(info.getOperations()).as("%s only shows", name).isEmpty();
            assertThat(Files.readString(LIST)).contains("`" + name + "`: " + info.getDescription());
            for (MBeanAttributeInfo attribute : info.getAttributes()) {
                assertThat(attribute.isWritable()).isFalse();
                rows.add("| " + name.getKeyProperty("type") + " | `" + attribute.getName() + "` | " + type(attribute)
                        + " | " + unit(attribute) + "| " + attribute.getDescription() + " |");
            }
        }

        List<String> listed = Files.readAllLines(LIST).stream()
                .filter(line -> line.matches("\\| [A-Z]\\w+ \\| `[A-Z]\\w+` \\|.*"))
                .toList();
        assertThat(String.join("\n", listed)).isEqualTo(String.join("\n", rows));
    }

    @Test
    void show_what_the_meters_hold() throws Exception {
        new LimitMeters(new LimitCounts(), new KeyQueues()).bindTo(registry);
        new LedgerMeters(registry).follow(unused -> new LedgerView(1, 2, 3, 12, 4, 5, 6_500, 7, 8), this);
        var usage = new UsageMeters(registry);
        usage.follow(() -> 9, () -> 10);
        usage.used(new MeteredCall(1, "m", "u", 7, new TokenUsage(1, 2, 3, 10, 5), true, 1_500_000_000));
        new RefreshMeters(registry).ended(RefreshObserver.Outcome.REFRESHED);
        new ProbeMeters(registry).probed("openai", ProbeObserver.Outcome.WORKS);
        new RetryMeters(new RetryCounts()).bindTo(registry);
        var pool = new PoolMeters(registry);
        pool.follow(List::of, () -> 11);
        pool.ended("openai", PoolObserver.Outcome.SUCCESS);
        views.waiting = 13;
        new AuditMeters(registry).follow(views);
        new AuditKeepMeters(() -> 14, () -> 0).bindTo(registry);
        new DatabaseMeters(views).bindTo(registry);

        var limits = JMX.newMXBeanProxy(server, name("Limits"), LimitsMXBean.class);
        assertThat(limits.getDecisions()).containsEntry("granted", 0L);
        var ledger = JMX.newMXBeanProxy(server, name("Ledger"), LedgerMXBean.class);
        assertThat(ledger.getWaiting()).isEqualTo(1);
        assertThat(ledger.getBatches()).isEqualTo(2);
        assertThat(ledger.getDecisions())
                .isEqualTo(Map.of("database", 3L, "allotment", 12L, "alone", 4L, "nobody", 5L));
        assertThat(ledger.getAwaySeconds()).isEqualTo(6.5);
        assertThat(ledger.getAdopted()).isEqualTo(7);
        assertThat(ledger.getLost()).isEqualTo(8);
        var tokens = JMX.newMXBeanProxy(server, name("Usage"), UsageMXBean.class);
        assertThat(tokens.getTokens()).containsEntry("output", 10L);
        assertThat(tokens.getCost()).isEqualTo(1.5);
        assertThat(tokens.getEstimated()).isEqualTo(1);
        assertThat(tokens.getUnpriced()).isEqualTo(9);
        assertThat(tokens.getUnwritten()).isEqualTo(10);
        var credentials = JMX.newMXBeanProxy(server, name("Credentials"), CredentialsMXBean.class);
        assertThat(credentials.getAttempts()).isEqualTo(Map.of("openai", Map.of("success", 1L)));
        assertThat(credentials.getStates().get("openai")).containsEntry("usable", 0L);
        assertThat(credentials.getWaiting()).isEqualTo(11);
        assertThat(credentials.getTokenRefreshes()).containsEntry("refreshed", 1L);
        var audit = JMX.newMXBeanProxy(server, name("Audit"), AuditMXBean.class);
        assertThat(audit.getWritten()).isEqualTo(9);
        assertThat(audit.getWaiting()).isEqualTo(13);
        assertThat(audit.getLagSeconds()).isEqualTo(1.5);
        assertThat(audit.getJournalEvents()).isEqualTo(10);
        assertThat(audit.getJournalBytes()).isEqualTo(11);
        assertThat(audit.getStoredBytes()).isEqualTo(14);
        assertThat(audit.getDropped()).isEqualTo(Map.of("journal", 12L, "queue", 0L, "refused", 0L, "unreadable", 0L));
        var database = JMX.newMXBeanProxy(server, name("Database"), DatabaseMXBean.class);
        assertThat(database.isReachable()).isTrue();
        assertThat(database.getBusyConnections()).isEqualTo(7);
        assertThat(database.getIdleConnections()).isEqualTo(8);
        assertThat(database.getWaiting()).isEqualTo(13);
        var upstream = JMX.newMXBeanProxy(server, name("Upstream"), UpstreamMXBean.class);
        assertThat(upstream.getProbes()).isEqualTo(Map.of("openai", Map.of("works", 1L)));
        assertThat(upstream.getRetries()).containsKey("exhausted");
        try (SpanExport export =
                SpanExport.to(new TracesConfig(URI.create("http://127.0.0.1:1"), 1, null), new UUID(0, 0))) {
            new TraceMeters(export).bindTo(registry);
            assertThat(JMX.newMXBeanProxy(server, name("Traces"), TracesMXBean.class)
                            .getSpans())
                    .isEqualTo(Map.of("sent", 0L, "failed", 0L, "dropped", 0L));
        }
    }

    @Test
    @SuppressWarnings("BanJNDI") // the address is that of the server made here
    void are_read_from_afar_without_classes_of_ours() throws Exception {
        views.waiting = 12;
        JMXConnectorServer remote =
                JMXConnectorServerFactory.newJMXConnectorServer(new JMXServiceURL("service:jmx:rmi://"), null, server);
        remote.start();
        try (JMXConnector console = JMXConnectorFactory.connect(remote.getAddress())) {
            var there = console.getMBeanServerConnection();
            assertThat(there.getAttribute(name("Admission"), "Waiting")).isEqualTo(12);
            for (ObjectName name : there.queryNames(new ObjectName("dev.mehari:*"), null)) {
                for (MBeanAttributeInfo attribute : there.getMBeanInfo(name).getAttributes()) {
                    assertThat(there.getAttribute(name, attribute.getName())).isNotNull();
                }
            }
        } finally {
            remote.stop();
        }
    }

    private static String type(MBeanAttributeInfo attribute) {
        return attribute
                .getDescriptor()
                .getFieldValue("originalType")
                .toString()
                .replaceAll("java\\.(util|lang)\\.", "");
    }

    private static String unit(MBeanAttributeInfo attribute) {
        Object unit = attribute.getDescriptor().getFieldValue("units");
        return unit == null || unit.toString().isEmpty() ? "" : unit + " ";
    }

    private static ObjectName name(String type) throws Exception {
        return new ObjectName("dev.mehari", "type", type);
    }

    private Object get(String type, String attribute) throws Exception {
        return server.getAttribute(name(type), attribute);
    }
}
