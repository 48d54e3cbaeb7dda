package dev.mehari.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
 * @param sorted rows that the largest sort was given
 */
record AuditPlan(Set<String> scans, long read, long sorted) {
    static final String EXPLAIN = "explain (analyze, timing off, format json) ";

    /** Runs an {@link #EXPLAIN}. */
    static AuditPlan of(PreparedStatement explain) throws SQLException, JsonProcessingException {
        try (ResultSet row = explain.executeQuery()) {
            row.next();
            Reading reading = new Reading();
            reading.node(new ObjectMapper().readTree(row.getString(1)).get(0).get("Plan"));
            return new AuditPlan(reading.scans, reading.read, reading.sorted);
        }
    }

    /** Goes through the nodes of a plan. */
    private static final class Reading {
        final Set<String> scans = new TreeSet<>();
        long read;
        long sorted;

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
            if (type.contains("Sort")) {
                sorted = Math.max(
                        sorted, node.path("Plans").path(0).path("Actual Rows").asLong());
            }
            node.path("Plans").forEach(this::node);
        }

        private static String index(JsonNode node) {
            String name = node.path("Index Name")
                    .asText()
                    .replaceFirst("^audit_event_[0-9]{8}_", "")
                    .replaceFirst("_idx[0-9]*$", "");
            return node.path("Scan Direction").asText().equals("Backward") ? name + " backwards" : name;
        }
    }
}
