package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.ApiDocument;
import dev.mehari.testing.CapturedLog;
import dev.mehari.testing.TestDatabase;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.apache.camel.api.management.JmxSystemPropertyKeys;

/**
 * Looks for secrets where none may be. Each secret is a canary, a text that is nowhere else; it counts as found when its
 * middle is, so that a visible prefix or the last characters, by which people recognise it, are no finding; also in hex,
 * as databases show bytes, and in Base64.
 */
final class SecretHunt implements AutoCloseable {
    private static final int SHOWN_AT_BEGIN = 12;
    private static final int SHOWN_AT_END = 4;

    private final Map<String, List<String>> canaries = new ConcurrentHashMap<>();
    private final ConcurrentSkipListSet<String> findings = new ConcurrentSkipListSet<>();
    private final CapturedLog log = CapturedLog.of(
            line -> look("the log: " + line.substring(0, line.indexOf(' ')), line),
            "dev.mehari",
            "org.apache.camel",
            "io.netty");

    /** Begins; gateways that are started until its end have Camel's MBeans, too. */
    SecretHunt() {
        System.setProperty(JmxSystemPropertyKeys.DISABLED, "false");
    }

    /** Makes a secret that is to be found nowhere. */
    String plant(String name) {
        return remember(
                name, "canary-" + name + "-" + UUID.randomUUID().toString().replace("-", ""));
    }

    /** Looks for {@code secret} from now on; returns it. */
    String remember(String name, String secret) {
        String middle = secret.substring(SHOWN_AT_BEGIN, secret.length() - SHOWN_AT_END);
        byte[] bytes = middle.getBytes(StandardCharsets.UTF_8);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        canaries.put(
                name,
                List.of(
                        middle,
                        HexFormat.of().formatHex(bytes),
                        // Of a longer text that begins with it, all but the last group of characters is the same.
                        base64.encodeToString(Arrays.copyOf(bytes, bytes.length / 3 * 3)),
                        base64.encodeToString(secret.getBytes(StandardCharsets.UTF_8))));
        return secret;
    }

    /** Notes each canary that is in {@code text}. */
    void look(String where, String text) {
        canaries.forEach((name, forms) -> {
            for (String form : forms) {
                if (text.contains(form)) {
                    findings.add(name + " in " + where);
                }
            }
        });
    }

    /** An answer: its status line does not matter, its headers and body do. */
    HttpResponse<String> look(String where, HttpResponse<String> answer) {
        look(where + ", headers", answer.headers().map().toString());
        look(where, answer.body());
        return answer;
    }

    /** Every resource of the admin API that can be read, as far as the OpenAPI document lists them. */
    void lookAtApi(AdminCaller caller, Map<String, String> parameters) throws Exception {
        for (String path : new TreeSet<>(ApiDocument.operations((method, at) -> method.equals("GET") ? at : "")
                .keySet())) {
            String filled = path;
            for (Map.Entry<String, String> parameter : parameters.entrySet()) {
                filled = filled.replace("{" + parameter.getKey() + "}", parameter.getValue());
            }
            if (!path.isEmpty()) {
                look("GET " + path, caller.send("GET", filled.replaceAll("\\{\\w+}", "1"), ""));
            }
        }
        look("/q/metrics", caller.send("GET", "/q/metrics", ""));
        look("/q/health", caller.send("GET", "/q/health", ""));
    }

    /** Each row of each table. */
    void lookAtTables(TestDatabase database) {
        for (String table : database.query("select table_name from information_schema.tables"
                + " where table_schema = current_schema() and table_type = 'BASE TABLE'")) {
            for (String row : database.query("select t::text from \"" + table + "\" t")) {
                look("table " + table, row);
            }
        }
    }

    /** Each attribute of each MBean in this process, names of classes on the heap, names of threads. */
    void lookIntoTheProcess() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        assertThat(server.queryNames(new ObjectName("org.apache.camel:type=processors,*"), null))
                .isNotEmpty();
        Map<String, String> attributes = new TreeMap<>();
        for (ObjectName bean : server.queryNames(null, null)) {
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(bean).getAttributes()) {
                if (attribute.isReadable()) {
                    attributes.put(bean + " " + attribute.getName(), read(server, bean, attribute.getName()));
                }
            }
        }
        attributes.forEach((name, value) -> look("JMX, " + name, value));
        Object histogram = server.invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
        look("the heap's class names", String.valueOf(histogram));
        look("names of threads", Thread.getAllStackTraces().keySet().toString());
    }

    private static String read(MBeanServer server, ObjectName bean, String attribute) {
        try {
            return text(server.getAttribute(bean, attribute));
        } catch (JMException | RuntimeException unreadable) {
            return unreadable.toString(); // a JVM has attributes that it does not support
        }
    }

    private static String text(Object value) {
        if (value instanceof Object[] many) {
            return Arrays.stream(many).map(SecretHunt::text).toList().toString();
        }
        if (value instanceof CompositeData composite) {
            return composite.values().stream().map(SecretHunt::text).toList().toString();
        }
        if (value instanceof TabularData table) {
            return table.values().stream().map(SecretHunt::text).toList().toString();
        }
        return String.valueOf(value);
    }

    /** What was found where; empty as it should be. */
    List<String> findings() {
        return List.copyOf(findings);
    }

    /** Lines of the log that were looked at. */
    long logLines() {
        return log.lines();
    }

    @Override
    public void close() {
        System.clearProperty(JmxSystemPropertyKeys.DISABLED);
        log.close();
    }
}
