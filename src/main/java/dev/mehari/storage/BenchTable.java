package dev.mehari.storage;

import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code credential_bench}. Several benches are one statement, in the order of its primary key; of two for one row
 * the later end holds, and benches of credentials that are gone are left out.
 */
final class BenchTable {
    static final String COLUMNS = "credential_id, model, reason, status, since, until";

    private static final String PUT = "insert into credential_bench (" + COLUMNS + ")"
            + " select b.id, b.model, b.reason, b.status, b.since, b.until"
            + " from unnest(?::bigint[], ?::text[], ?::text[], ?::int[], ?::timestamptz[], ?::timestamptz[])"
            + " as b (id, model, reason, status, since, until) join credential c on c.id = b.id"
            + " order by b.id, b.model for key share of c"
            + " on conflict (credential_id, model) do update set reason = excluded.reason, status = excluded.status,"
            + " since = excluded.since, until = excluded.until where excluded.until > credential_bench.until";

    // Locked in the order of those that write, and not those that are being written: they are benched anew.
    private static final String FORGET = "delete from credential_bench b using (select credential_id, model"
            + " from credential_bench where until < ? order by credential_id, model for update skip locked) as old"
            + " where b.credential_id = old.credential_id and b.model = old.model";

    private final Database database;

    BenchTable(Database database) {
        this.database = database;
    }

    List<Bench> all() throws StorageUnavailable {
        String sql = "select " + COLUMNS + " from credential_bench order by credential_id, model";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            List<Bench> benches = new ArrayList<>();
            while (rows.next()) {
                benches.add(bench(rows));
            }
            return benches;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading benches", failure);
        }
    }

    static Bench bench(ResultSet row) throws SQLException {
        return new Bench(
                row.getLong("credential_id"),
                row.getString("model"),
                row.getString("reason"),
                row.getInt("status"),
                Objects.requireNonNull(KeyRow.instant(row, "since")),
                Objects.requireNonNull(KeyRow.instant(row, "until")));
    }

    void put(Collection<Bench> benches) throws StorageUnavailable {
        Map<String, Bench> longest = new TreeMap<>();
        for (Bench bench : benches) {
            longest.merge(
                    bench.credential() + "/" + bench.model(),
                    bench,
                    (one, other) -> other.until().isAfter(one.until()) ? other : one);
        }
        if (longest.isEmpty()) {
            return;
        }
        List<Bench> each = List.copyOf(longest.values());
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(PUT)) {
            PoisonedRows.leaveOut(each, Bench::credential, some -> put(insert, some));
        } catch (SQLException failure) {
            throw SqlOutage.during("benching a credential", failure);
        }
    }

    private static void put(PreparedStatement insert, List<Bench> each) throws SQLException {
        SqlArrays arrays = new SqlArrays(insert);
        arrays.set("bigint", each.stream().map(Bench::credential));
        arrays.set("text", each.stream().map(Bench::model));
        arrays.set("text", each.stream().map(Bench::reason));
        arrays.set("int", each.stream().map(Bench::status));
        arrays.set("timestamptz", each.stream().map(bench -> at(bench.since())));
        arrays.set("timestamptz", each.stream().map(bench -> at(bench.until())));
        insert.executeUpdate();
    }

    void forget(Instant endedBefore) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement delete = connection.prepareStatement(FORGET)) {
            delete.setObject(1, at(endedBefore));
            delete.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("forgetting benches", failure);
        }
    }

    void end(long credential, String model, Instant began) throws StorageUnavailable {
        String sql = "delete from credential_bench where credential_id = ? and model = ? and since <= ?";
        try (Connection connection = database.connection();
                PreparedStatement delete = connection.prepareStatement(sql)) {
            PoisonedRows.leaveOut(List.of(credential), id -> id, unused -> {
                delete.setLong(1, credential);
                delete.setString(2, model);
                delete.setObject(3, at(began));
                delete.executeUpdate();
            });
        } catch (SQLException failure) {
            throw SqlOutage.during("ending a bench", failure);
        }
    }

    /** As exact as the database keeps it, so that what is compared was cut the same way. */
    static @Nullable OffsetDateTime at(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
