package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of {@code limit_decision}. */
record LoggedDecision(
        long id,
        long atMillis,
        long keyId,
        long leaseId,
        String what,
        int calls,
        int requests,
        Charge charge,
        long allotment,
        long begunMillis,
        int refusedBy,
        long used,
        @Nullable List<Long> limits) {
    static LoggedDecision of(ResultSet row) throws SQLException {
        Array limits = row.getArray("limits");
        return new LoggedDecision(
                row.getLong("id"),
                row.getLong("at_ms"),
                row.getLong("key_id"),
                row.getLong("lease_id"),
                row.getString("what"),
                row.getInt("calls"),
                row.getInt("requests"),
                new Charge(row.getLong("tokens"), row.getLong("nanodollars")),
                row.getLong("allotment"),
                row.getLong("begun_ms"),
                row.getInt("refused_by"),
                row.getLong("used"),
                limits == null ? null : List.of((Long[]) limits.getArray()));
    }
}
