package dev.mehari.storage;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The pool's connections for {@code jdbc:} in routes. Fails at once while the database is known to be away, and a server that
 * does not answer is given up after a time.
 */
public final class RouteDataSource implements DataSource {
    private final @Nullable Database database;
    private final Duration patience;

    /** @param patience with a server that says nothing */
    public RouteDataSource(Database database, Duration patience) {
        this.database = database;
        this.patience = patience;
    }

    private RouteDataSource() {
        database = null;
        patience = Duration.ZERO;
    }

    /** Stands for the database where there is none, so that routes can be built: every connection fails. */
    public static RouteDataSource none() {
        return new RouteDataSource();
    }

    private Database database() throws SQLException {
        if (database == null) {
            throw new SQLException("no database is open here");
        }
        return database;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = database().connection();
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(patience.toMillis()));
            return connection;
        } catch (SQLException broken) {
            connection.close();
            throw broken;
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the database has one user for all");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("the driver logs as the gateway does");
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("that is mehari.db.connect-timeout");
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("the driver logs as the gateway does");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return database().dataSource().unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return database().dataSource().isWrapperFor(type);
    }
}
