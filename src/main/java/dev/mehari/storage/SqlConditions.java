package dev.mehari.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/** Conditions of a query that depend on what was asked, with their values in order. */
final class SqlConditions {
    private final StringBuilder text = new StringBuilder("true");
    private final List<Object> values = new ArrayList<>();

    /** One condition more, with a parameter for each value; none when a value is null. */
    SqlConditions and(String condition, @Nullable Object... with) {
        for (Object value : with) {
            if (value == null) {
                return this;
            }
        }
        text.append(" and ").append(condition);
        for (Object value : with) {
            if (value != null) {
                values.add(value);
            }
        }
        return this;
    }

    /** Whether there is none. */
    boolean isEmpty() {
        return values.isEmpty();
    }

    /**
     * The query {@code sql}, in which {@code $conditions} stands for these, and whose own parameters come after them. It is
     * planned each time for the values at hand, since which index serves best depends on them.
     */
    PreparedStatement prepare(Connection connection, String sql, Object... further) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql.replace("$conditions", text));
        statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        int next = 1;
        for (Object value : values) {
            statement.setObject(next++, value);
        }
        for (Object value : further) {
            statement.setObject(next++, value);
        }
        return statement;
    }
}
