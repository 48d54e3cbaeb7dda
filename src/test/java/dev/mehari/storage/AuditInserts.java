package dev.mehari.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.mehari.audit.AuditChain;
import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.AuditKey;
import dev.mehari.audit.EventChain;
import dev.mehari.audit.EventColumns;
import dev.mehari.audit.EventSeal;
import dev.mehari.audit.SealedEvents;
import dev.mehari.eip.jdbc.RouteStatements;
import dev.mehari.testing.PostgresCpu;
import dev.mehari.testing.SampleAudit;
import dev.mehari.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
import java.util.Random;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** Writes events as the route {@code write-audit} does, batch by batch on one connection, and measures it. */
final class AuditInserts implements AutoCloseable {
    private static final int BATCH = 2_000;
    private static final String WRITE = statement("routes/audit.camel.yaml", "audit-statement");

    private final RouteStatements statements = new RouteStatements(Duration.ofSeconds(30));
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
        List<Exchange> all = batches(batches);
        try (Connection connection = DriverManager.getConnection(database.url());
                PreparedStatement write = prepare(connection)) {
            Duration cpu = PostgresCpu.of(database.url());
            long begun = System.nanoTime();
            for (Exchange batch : all) {
                populate(write, batch);
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
        try (PreparedStatement write = prepare(connection)) {
            populate(write, columns(events));
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

    private PreparedStatement prepare(Connection connection) throws SQLException {
        return connection.prepareStatement(statements.prepareQuery(WRITE, true));
    }

    private void populate(PreparedStatement write, Exchange batch) throws SQLException {
        int parameters = write.getParameterMetaData().getParameterCount();
        statements.populateStatement(
                write, statements.createPopulateIterator(WRITE, WRITE, parameters, batch, ""), parameters);
    }

    /** The SQL that a step of a route sets as the body. */
    private static String statement(String file, String step) {
        try (InputStream yaml = AuditInserts.class.getClassLoader().getResourceAsStream(file)) {
            for (JsonNode body : new YAMLMapper().readTree(yaml).findValues("setBody")) {
                if (body.path("id").asText().equals(step)) {
                    return body.path("constant").asText();
                }
            }
            throw new IllegalStateException("no step " + step + " in " + file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private List<Exchange> batches(int count) {
        EventSeal seal = begin();
        List<Exchange> all = new ArrayList<>();
        for (int batch = 0; batch < count; batch++) {
            List<AuditEvent> events = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                events.add(SampleAudit.event(random, AuditRows.micros(from.plusMillis(made * 5L)), made++));
            }
            all.add(columns(seal.seal(events)));
        }
        return all;
    }

    private Exchange columns(SealedEvents events) {
        Exchange exchange = new DefaultExchange(context);
        exchange.setProperty("mehari.audit-events", events);
        new EventColumns().process(exchange);
        return exchange;
    }

    @Override
    public void close() {
        context.stop();
    }
}
