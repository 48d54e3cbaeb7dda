package dev.mehari.storage;

import dev.mehari.credential.CredentialStore.CredentialUse;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** The table {@code credential_use}: what calls have shown, as sums over all instances. Adding is one statement. */
final class CredentialUseTable {
    static final String COLUMNS =
            "calls, successes, failures, last_used, last_success, last_failure, last_status, last_error";

    private static final String ADD = "with given as (select id, sum(calls)::bigint as calls,"
            + " sum(successes)::bigint as successes, sum(failures)::bigint as failures, max(last_used) as last_used,"
            + " max(last_success) as last_success, max(last_failure) as last_failure,"
            + " (array_agg(last_status order by last_failure desc nulls last))[1] as last_status,"
            + " (array_agg(last_error order by last_failure desc nulls last))[1] as last_error"
            + " from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::timestamptz[], ?::timestamptz[],"
            + " ?::timestamptz[], ?::int[], ?::text[]) as u (id, " + COLUMNS + ") group by id)"
            + " insert into credential_use (credential_id, " + COLUMNS + ")"
            + " select g.id, g.calls, g.successes, g.failures, g.last_used, g.last_success, g.last_failure,"
            + " g.last_status, g.last_error from given g join credential c on c.id = g.id order by g.id"
            + " for key share of c"
            + " on conflict (credential_id) do update set calls = credential_use.calls + excluded.calls,"
            + " successes = credential_use.successes + excluded.successes,"
            + " failures = credential_use.failures + excluded.failures,"
            + " last_used = greatest(credential_use.last_used, excluded.last_used),"
            + " last_success = greatest(credential_use.last_success, excluded.last_success),"
            + " last_failure = greatest(credential_use.last_failure, excluded.last_failure),"
            + " last_status = case when excluded.last_failure >= coalesce(credential_use.last_failure, '-infinity')"
            + " then excluded.last_status else credential_use.last_status end,"
            + " last_error = case when excluded.last_failure >= coalesce(credential_use.last_failure, '-infinity')"
            + " then excluded.last_error else credential_use.last_error end";

    private final Database database;

    CredentialUseTable(Database database) {
        this.database = database;
    }

    void add(Collection<CredentialUse> uses) throws StorageUnavailable {
        if (uses.isEmpty()) {
            return;
        }
        List<CredentialUse> each = List.copyOf(uses);
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(ADD)) {
            PoisonedRows.leaveOut(each, CredentialUse::credential, some -> add(insert, some));
        } catch (SQLException failure) {
            throw SqlOutage.during("counting calls of credentials", failure);
        }
    }

    private static void add(PreparedStatement insert, List<CredentialUse> each) throws SQLException {
        SqlArrays arrays = new SqlArrays(insert);
        arrays.set("bigint", each.stream().map(CredentialUse::credential));
        arrays.set("bigint", each.stream().map(CredentialUse::calls));
        arrays.set("bigint", each.stream().map(CredentialUse::successes));
        arrays.set("bigint", each.stream().map(CredentialUse::failures));
        arrays.set("timestamptz", each.stream().map(use -> BenchTable.at(use.lastUsed())));
        arrays.set("timestamptz", each.stream().map(use -> BenchTable.at(use.lastSuccess())));
        arrays.set("timestamptz", each.stream().map(use -> BenchTable.at(use.lastFailure())));
        arrays.set("int", each.stream().map(CredentialUse::lastStatus));
        arrays.set("text", each.stream().map(CredentialUse::lastError));
        insert.executeUpdate();
    }

    /** Of a row that may have no use yet. */
    static CredentialUse use(long credential, ResultSet row) throws SQLException {
        return new CredentialUse(
                credential,
                row.getLong("calls"),
                row.getLong("successes"),
                row.getLong("failures"),
                KeyRow.instant(row, "last_used"),
                KeyRow.instant(row, "last_success"),
                KeyRow.instant(row, "last_failure"),
                row.getInt("last_status"),
                row.getString("last_error"));
    }
}
