package dev.mehari.storage;

import dev.mehari.audit.AuditChain;
import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.AuditKey;
import dev.mehari.audit.EventChain;
import dev.mehari.audit.EventColumns;
import dev.mehari.audit.EventSeal;
import dev.mehari.audit.SealedEvents;
import dev.mehari.testing.PostgresCpu;
import dev.mehari.testing.SampleAudit;
import dev.mehari.testing.TestDatabase;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** Writes events as the route {@code write-audit} does, batch by batch on one connection, and measures it. */
final class AuditInserts implements AutoCloseable {
    private static final int BATCH = 2_000;
    private static final List<String> PARAMETERS = List.of(
            "chain",
            "first",
            "head",
            "signature",
            "signedAt",
            "at",
            "link",
            "requestId",
            "traceId",
            "keyId",
            "client",
            "method",
            "path",
            "dialect",
            "model",
            "stream",
            "conversation",
            "upstream",
            "credentialId",
            "retries",
            "outcome",
            "status",
            "reason",
            "queueMs",
            "firstByteMs",
            "totalMs",
            "requestBytes",
            "responseBytes",
            "inputTokens",
            "cachedTokens",
            "cacheWriteTokens",
            "outputTokens",
            "reasoningTokens",
            "estimated",
            "cost");
    private static final String WRITE = "select audit_write(?" + ", ?".repeat(PARAMETERS.size() - 1) + ")";

    private final CamelContext context = new DefaultCamelContext();
    private final AuditKey key = AuditKey.of(AuditKey.random(new SecureRandom()));
    private final Random random = new Random(5);
    private final TestDatabase database;
    private final Instant from;
    private int chains = 100;
    private int made;

    /** @param from when the first event ended; they come 5 ms apart */
    AuditInserts(TestDatabase database, Instant from) {
        this.database = database;
        this.from = from;
    }

    /** What writing took, for each event. */
    record Cost(String what, long eventsPerSecond, double postgresCpuMicros) {}

    /** Writes {@code batches}. */
    Cost measure(String what, int batches) throws SQLException {
        List<Map<String, Object>> all = batches(batches);
        try (Connection connection = DriverManager.getConnection(database.url());
                PreparedStatement write = connection.prepareStatement(WRITE)) {
            Duration cpu = PostgresCpu.of(database.url());
            long begun = System.nanoTime();
            for (Map<String, Object> batch : all) {
                for (int i = 0; i < PARAMETERS.size(); i++) {
                    write.setObject(i + 1, batch.get(PARAMETERS.get(i)));
                }
                write.execute();
            }
            long took = System.nanoTime() - begun;
            long events = (long) batches * BATCH;
            double micros = PostgresCpu.of(database.url()).minus(cpu).toNanos() / 1e3;
            return new Cost(what, events * 1_000_000_000 / took, Math.round(micros / events * 10) / 10.0);
        }
    }

    /** Writes {@code events}. Returns how many were new. */
    long write(Connection connection, SealedEvents events) throws SQLException {
        Map<String, Object> columns = columns(events);
        try (PreparedStatement write = connection.prepareStatement(WRITE)) {
            for (int i = 0; i < PARAMETERS.size(); i++) {
                write.setObject(i + 1, columns.get(PARAMETERS.get(i)));
            }
            try (ResultSet written = write.executeQuery()) {
                written.next();
                return written.getLong(1);
            }
        }
    }

    /** A new chain, with the numbers that {@link EventSeal} goes on with. */
    EventSeal begin() {
        AuditChain chain = new AuditChain(chains++, UUID.randomUUID());
        database.execute(
                "insert into audit_chain (id, instance, first_link, public_key) overriding system value values ("
                        + chain.id() + ", '" + chain.instance() + "', sha256('first'), '\\x00')");
        return new EventSeal(chain, EventChain.begin(chain.instance(), null), key, Clock.systemUTC());
    }

    private List<Map<String, Object>> batches(int count) {
        EventSeal seal = begin();
        List<Map<String, Object>> all = new ArrayList<>();
        for (int batch = 0; batch < count; batch++) {
            List<AuditEvent> events = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                events.add(SampleAudit.event(random, AuditRows.micros(from.plusMillis(made * 5L)), made++));
            }
            all.add(columns(seal.seal(events)));
        }
        return all;
    }

    private Map<String, Object> columns(SealedEvents events) {
        Exchange exchange = new DefaultExchange(context);
        exchange.setProperty("mehari.audit-events", events);
        new EventColumns().process(exchange);
        return exchange.getMessage().getHeaders();
    }

    @Override
    public void close() {
        context.stop();
    }
}
