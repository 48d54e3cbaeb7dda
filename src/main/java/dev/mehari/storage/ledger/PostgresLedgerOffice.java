package dev.mehari.storage.ledger;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyUse;
import dev.mehari.limits.LeaseState;
import dev.mehari.limits.LedgerOffice;
import dev.mehari.limits.LimitKind;
import dev.mehari.limits.LimitedKey;
import dev.mehari.storage.Database;
import dev.mehari.storage.SqlOutage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Leases and counters of all instances, as they are in the database now. */
public final class PostgresLedgerOffice implements LedgerOffice {
    private static final List<LimitKind> KINDS = List.of(LimitKind.values());
    private static final String LEASES =
            "select lease_id, key_id, owner_id, granted_at, expires_at, calls, tokens, nanodollars from lease"
                    + " where expires_at > clock_timestamp() order by granted_at, lease_id";
    private static final String TAKE_BACK = "select take_back(?, ?, ?)";
    /** A counter of an older window counts as zero. One row per kind, in their order. */
    private static final String USE = """
            with t as (
                select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms),
            n as (
                select a.*, s.*, greatest(ms / requests_window_ms, requests_window) as r,
                       greatest(ms / 60000, minute_window) as m, greatest(ms / tokens_window_ms, tokens_window) as w,
                       greatest(ms / 86400000, day_window) as d, greatest((ms / 86400000 - 4) / 7, week_window) as k
                  from t, api_key a join limit_state s on s.key_id = a.id where a.id = ?)
            select 0 as kind, (select coalesce(sum(calls), 0) from lease l where l.key_id = n.id and expires_at > clock_timestamp()) as used,
                   concurrency as most, 0 as reset from n
            union all select 1, case when requests_window = r then requests_used else 0 end, requests,
                   (r + 1) * requests_window_ms from n
            union all select 2, case when minute_window = m then minute_used else 0 end, tokens_per_minute, (m + 1) * 60000 from n
            union all select 3, case when tokens_window = w then tokens_used else 0 end, tokens, (w + 1) * tokens_window_ms from n
            union all select 4, case when day_window = d then day_used else 0 end, cost_daily, (d + 1) * 86400000 from n
            union all select 5, case when week_window = k then week_used else 0 end, cost_weekly, ((k + 1) * 7 + 4) * 86400000 from n
            union all select 6, total_used, cost_total, 0 from n
            order by kind
            """;

    private final Database database;
    private final boolean decisionLog;

    public PostgresLedgerOffice(Database database, boolean decisionLog) {
        this.database = database;
        this.decisionLog = decisionLog;
    }

    @Override
    public List<LeaseState> leases() throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(LEASES);
                ResultSet rows = select.executeQuery()) {
            List<LeaseState> leases = new ArrayList<>();
            while (rows.next()) {
                leases.add(new LeaseState(
                        rows.getLong("lease_id"),
                        rows.getLong("key_id"),
                        rows.getInt("owner_id"),
                        instant(rows, "granted_at"),
                        instant(rows, "expires_at"),
                        rows.getInt("calls"),
                        new Charge(rows.getLong("tokens"), rows.getLong("nanodollars"))));
            }
            return leases;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading leases", failure);
        }
    }

    @Override
    public List<KeyUse> use(LimitedKey key) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(USE)) {
            select.setLong(1, key.id());
            List<KeyUse> use = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    LimitKind kind = KINDS.get(rows.getInt("kind"));
                    long reset = rows.getLong("reset");
                    Instant resetAt = reset == 0 ? null : Instant.ofEpochMilli(reset);
                    use.add(new KeyUse(kind, Math.max(0, rows.getLong("used")), rows.getLong("most"), resetAt));
                }
            }
            return use;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading the use of a key", failure);
        }
    }

    @Override
    public int takeBack(long keyId) throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            return takeBack(connection, keyId, null);
        } catch (SQLException failure) {
            throw SqlOutage.during("taking leases back", failure);
        }
    }

    @Override
    public boolean takeBackLease(long leaseId) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement("select key_id from lease where lease_id = ?")) {
            select.setLong(1, leaseId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && takeBack(connection, row.getLong(1), leaseId) > 0;
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("taking a lease back", failure);
        }
    }

    private int takeBack(Connection connection, long keyId, @Nullable Long leaseId) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(TAKE_BACK)) {
            call.setLong(1, keyId);
            call.setObject(2, leaseId, java.sql.Types.BIGINT);
            call.setBoolean(3, decisionLog);
            try (ResultSet row = call.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
