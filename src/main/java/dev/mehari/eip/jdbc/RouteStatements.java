package dev.mehari.eip.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import org.apache.camel.component.jdbc.DefaultJdbcPrepareStatementStrategy;

/**
 * Has {@code jdbc:} in routes give up a statement with parameters after a time; what {@code prepareStatementStrategy} names.
 * The endpoint's own {@code statement.queryTimeout} does the same by reflection, which takes as long as a tenth of what a
 * small batch of events needs.
 */
public final class RouteStatements extends DefaultJdbcPrepareStatementStrategy {
    private final int seconds;

    /** @param timeout for one statement, whole seconds */
    public RouteStatements(Duration timeout) {
        seconds = Math.toIntExact(timeout.toSeconds());
    }

    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> parameters, int expected)
            throws SQLException {
        statement.setQueryTimeout(seconds);
        super.populateStatement(statement, parameters, expected);
    }
}
