package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import java.sql.SQLException;
import java.time.Duration;

/** What an {@link SQLException} means to those who know no SQL. */
public final class SqlOutage {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private SqlOutage() {}

    /** For a request; the cause is for the log only. */
    public static StorageUnavailable during(String doing, SQLException cause) {
        return new StorageUnavailable(
                doing + " needs the database, which does not answer; try again", RETRY_AFTER, cause);
    }

    /** For an operator at start: what is wrong with the address, and what to do. */
    static String explain(DatabaseAddress address, SQLException failure) {
        String at = "database at " + address.shown();
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        if (state.startsWith("28")) {
            return at + " refuses the user or password: set mehari.db.user and MEHARI_DB_PASSWORD";
        }
        return switch (state) {
            case "3D000" -> at + " does not exist: create it, or correct --db-url";
            case "53300" -> at + " has no connection left: raise its max_connections";
            default -> at + " does not answer: start it or drop --db-url";
        };
    }
}
