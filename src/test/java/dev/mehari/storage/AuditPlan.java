package dev.mehari.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.audit.AuditQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;

/**
 * What PostgreSQL did for a query.
 *
 * @param scans how tables were read: {@code at}, {@code at backwards} or another index by its columns, {@code table} when as a
 *     whole; those that were never begun are left out
 * @param read rows that were looked at in tables
 * @param found rows that came of it
 */
record AuditPlan(Set<String> scans, long read, int found) {
    static final String EXPLAIN = "explain (analyze, timing off, format json) ";

    /** Explains all statements by which {@code search} finds {@code query}, one after the other, but for the first that asks for times. */
    static AuditPlan of(Connection connection, AuditEventSearch search, AuditQuery query)
            throws SQLException, JsonProcessingException {
        Set<String> scans = new TreeSet<>();
        long read = 0;
        int found = 0;
        connection.setAutoCommit(false);
        AuditSlices slices = search.slices(connection, query);
        String find = AuditEventSearch.FIND;
        while (slices.hasNext() && found <= query.limit()) {
            try (PreparedStatement explain = AuditEventSearch.conditions(query, slices.next(), query.after())
                    .prepare(connection, EXPLAIN + find, query.limit() + 1 - found)) {
                AuditPlan plan = of(explain);
                scans.addAll(plan.scans());
                read += plan.read();
                found += plan.found();
            }
            find = AuditEventSearch.FIND_BY_TERMS;
            AuditRollUps.run(connection, AuditEventSearch.PREFER_TERMS);
        }
        connection.rollback();
        connection.setAutoCommit(true);
        return new AuditPlan(scans, read, found);
    }

    /** Runs an {@link #EXPLAIN}. */
    static AuditPlan of(PreparedStatement explain) throws SQLException, JsonProcessingException {
        try (ResultSet row = explain.executeQuery()) {
            row.next();
            Reading reading = new Reading();
            JsonNode plan = new ObjectMapper().readTree(row.getString(1)).get(0).get("Plan");
            reading.node(plan);
            return new AuditPlan(
                    reading.scans, reading.read, plan.path("Actual Rows").asInt());
        }
    }

    /** Goes through the nodes of a plan. */
    private static final class Reading {
        final Set<String> scans = new TreeSet<>();
        long read;

        void node(JsonNode node) {
            long loops = node.path("Actual Loops").asLong();
            if (loops == 0) {
                return;
            }
            String type = node.path("Node Type").asText();
            if (node.has("Index Name")) {
                scans.add(index(node));
            } else if (type.equals("Seq Scan")) {
                scans.add("table");
            }
            if (node.has("Relation Name")) {
                read += Math.round(loops
                        * (node.path("Actual Rows").asDouble()
                                + node.path("Rows Removed by Filter").asDouble()
                                + node.path("Rows Removed by Index Recheck").asDouble()));
            }
            node.path("Plans").forEach(this::node);
        }

        private static String index(JsonNode node) {
            String name = node.path("Index Name")
                    .asText()
                    .replaceFirst("^audit_event_[0-9]{8}_", "")
                    .replaceFirst("_idx[0-9]*$", "")
                    .replaceFirst("^at_key_id_.*", "terms");
            return node.path("Scan Direction").asText().equals("Backward") ? name + " backwards" : name;
        }
    }
}
