package dev.mehari.storage.ledger;

import dev.mehari.storage.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts leases of dead owners aside, each second, off the batcher's thread and connection. It only tidies: {@code decide_20}
 * counts no lease that has lapsed. What was put aside waits a day for a late settlement.
 */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int MOST_KEYS = 100;
    private static final String FORGET = "delete from lease_expired where expires_at < now() - interval '1 day'";

    private final Database database;
    private final Mirror mirror;
    private final boolean decisionLog;
    private final AtomicBoolean running = new AtomicBoolean();

    Sweeper(Database database, Mirror mirror, boolean decisionLog) {
        this.database = database;
        this.mirror = mirror;
        this.decisionLog = decisionLog;
    }

    /** Does not block; not begun again while it runs. */
    void begin(boolean isMinute) {
        if (running.compareAndSet(false, true)) {
            try {
                database.threads().execute(() -> run(isMinute));
            } catch (RejectedExecutionException busy) {
                running.set(false);
                LOG.debug("Sweeping later: the threads for the database are busy", busy);
            }
        }
    }

    private void run(boolean isMinute) {
        try (Connection connection = database.connection()) {
            int moved = sweep(connection);
            if (moved > 0) {
                LOG.info("{} leases have lapsed: their owners were gone or did not renew them", moved);
            }
            if (isMinute) {
                mirror.forgetIdle();
                try (Statement forget = connection.createStatement()) {
                    forget.execute(FORGET);
                }
            }
        } catch (SQLException outage) {
            LOG.debug("Sweeping later", outage);
        } finally {
            running.set(false);
        }
    }

    private int sweep(Connection connection) throws SQLException {
        try (PreparedStatement sweep = connection.prepareStatement("select sweep(?, ?)")) {
            sweep.setInt(1, MOST_KEYS);
            sweep.setBoolean(2, decisionLog);
            try (ResultSet row = sweep.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
