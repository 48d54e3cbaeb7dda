package dev.mehari.storage;

import java.sql.SQLException;
import java.util.List;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps rows that the database will never take, for what they hold, from holding up the rest of what is written with them:
 * SQLSTATE class 22 (data), 23 (constraints) and 54 (too large). The log names their credentials and nothing that they hold.
 */
final class PoisonedRows {
    private static final Logger LOG = LoggerFactory.getLogger(PoisonedRows.class);

    /** Writes rows, all or none. */
    @FunctionalInterface
    interface Writing<T> {
        void write(List<T> rows) throws SQLException;
    }

    private PoisonedRows() {}

    /** Writes all of {@code rows} at once, or, where one is poisoned, one by one without those that are. */
    static <T> void leaveOut(List<T> rows, ToLongFunction<T> credential, Writing<T> writing) throws SQLException {
        try {
            writing.write(rows);
        } catch (SQLException failure) {
            if (!isPoison(failure)) {
                throw failure;
            }
            if (rows.size() > 1) {
                for (T row : rows) {
                    leaveOut(List.of(row), credential, writing);
                }
            } else {
                for (T row : rows) {
                    LOG.warn(
                            "What was learnt of credential {} cannot be kept and is dropped (SQLSTATE {})",
                            credential.applyAsLong(row),
                            failure.getSQLState());
                }
            }
        }
    }

    private static boolean isPoison(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }
}
