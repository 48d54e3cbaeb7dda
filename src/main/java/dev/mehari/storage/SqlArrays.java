package dev.mehari.storage;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.stream.Stream;

/** Sets the parameters of a statement, one after the other, to arrays; times go as text. */
final class SqlArrays {
    private final PreparedStatement statement;
    private int next = 1;

    SqlArrays(PreparedStatement statement) {
        this.statement = statement;
    }

    /** The next parameter; {@code type} is PostgreSQL's name of the elements' type. */
    void set(String type, Stream<?> values) throws SQLException {
        Object[] elements = values.map(value -> type.equals("timestamptz") && value != null ? value.toString() : value)
                .toArray();
        statement.setArray(next++, statement.getConnection().createArrayOf(type, elements));
    }
}
