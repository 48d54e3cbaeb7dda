package dev.mehari.storage;

import dev.mehari.audit.AuditSigner;
import dev.mehari.audit.AuditUpkeep;
import dev.mehari.audit.KeepPolicy;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Looks after the tables of the audit, on one instance at a time: whoever holds an advisory lock of the database. */
public final class AuditUpkeepTable implements AuditUpkeep {
    private static final String TRY_LOCK = "select pg_try_advisory_lock(hashtext('mehari_audit_upkeep'))";
    private static final String COVER = "select audit_cover(?)";
    private static final String UNLOCK = "select pg_advisory_unlock(hashtext('mehari_audit_upkeep'))";

    private final Database database;
    private final AuditRetention retention;

    /** @param signer signs what is dropped */
    public AuditUpkeepTable(Database database, AuditSigner signer) {
        this.database = database;
        retention = new AuditRetention(new AuditGaps(signer));
    }

    @Override
    public void run(KeepPolicy policy, Instant now) throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
            AuditRollUps.run(connection, "select ensure_audit_day(?)", today);
            AuditRollUps.run(connection, "select ensure_audit_day(?)", today.plusDays(1));
            if (!isTrue(connection, TRY_LOCK)) {
                return;
            }
            try {
                AuditRollUps.run(connection, now);
                retention.run(connection, policy, now);
                AuditRollUps.run(connection, COVER, LocalDate.EPOCH);
            } finally {
                boolean unused = isTrue(connection, UNLOCK);
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("looking after the audit", failure);
        }
    }

    @Override
    public void cover(Instant now) throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            AuditRollUps.run(
                    connection, COVER, LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1));
        } catch (SQLException failure) {
            throw SqlOutage.during("preparing the audit for searches", failure);
        }
    }

    @Override
    public Size size() throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            return retention.size(connection);
        } catch (SQLException failure) {
            throw SqlOutage.during("asking for the audit's size", failure);
        }
    }

    private static boolean isTrue(Connection connection, String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }
}
