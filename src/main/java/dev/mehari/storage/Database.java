package dev.mehari.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mehari.config.DataConfig;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database, ready to be used: reachable, migrated, with a pool of connections, threads for blocking work, and a
 * listener for changes. {@link #close} ends it in reverse order; the embedded server stops last.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final DatabaseAddress address;
    private final HikariDataSource dataSource;
    private final DatabaseThreads threads;
    private final DatabaseWatch watch;
    private final ChangeListener listener;
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    private Database(DatabaseAddress address, DataConfig config, LongSupplier nanos) {
        this.address = address;
        long started = nanos.getAsLong();
        probe(config.connectTimeout());
        dataSource = pool(config);
        closing.push(dataSource);
        migrate();
        LOG.debug("Database {} is migrated after {} ms", address, millisSince(started, nanos));
        threads = new DatabaseThreads(config.poolSize());
        closing.push(threads);
        watch = new DatabaseWatch(nanos);
        listener = new ChangeListener(address, watch);
        closing.push(listener);
    }

    /**
     * Opens the database of the user's, where one is configured, else the embedded one in {@code folder}.
     *
     * @throws StorageStartException when that fails; nothing is left running then
     */
    public static Database open(DataConfig config, DataFolder folder, SecureRandom random, LongSupplier nanos) {
        if (config.url() != null) {
            return new Database(DatabaseAddress.of(config), config, nanos);
        }
        long started = nanos.getAsLong();
        EmbeddedServer server = EmbeddedServer.start(folder, random);
        LOG.debug("The embedded database is up after {} ms", millisSince(started, nanos));
        try {
            Database database = new Database(server.address(), config, nanos);
            database.closing.addLast(server);
            return database;
        } catch (StorageStartException failure) {
            try {
                server.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /** Pooled connections, with auto-commit on. */
    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * A pooled connection, to be closed. While the database is known to be away this fails at once, so that the threads
     * for blocking work are not all held by waiting for it.
     */
    public Connection connection() throws SQLException {
        if (!watch.awayFor().isZero()) {
            throw new SQLTransientConnectionException("the database is away");
        }
        return dataSource.getConnection();
    }

    /**
     * A connection outside the pool, which the server shows as {@code name}, to be closed.
     *
     * @param further properties of the driver's, which the URL of the database overrules
     */
    public Connection connect(String name, Duration patience, Properties further) throws SQLException {
        return address.connect(name, patience, further);
    }

    /** Pooled connections that are in use now. */
    public int busyConnections() {
        return dataSource.getHikariPoolMXBean().getActiveConnections();
    }

    /** Pooled connections that are kept for the next work. */
    public int idleConnections() {
        return dataSource.getHikariPoolMXBean().getIdleConnections();
    }

    /** Pieces of work that wait for a connection of the pool, or for one of {@link #threads()}. */
    public int waiting() {
        return dataSource.getHikariPoolMXBean().getThreadsAwaitingConnection() + threads.waiting();
    }

    /** Where blocking work runs. */
    public DatabaseThreads threads() {
        return threads;
    }

    /** Whether the database is there, and if not, for how long. */
    public DatabaseWatch watch() {
        return watch;
    }

    /** Tells of changes; {@link ChangeListener#start} it once everyone has subscribed. */
    public ChangeListener listener() {
        return listener;
    }

    /** Host, port and name of the database, without anything secret. */
    public String shown() {
        return address.shown();
    }

    @Override
    @SuppressWarnings("IllegalCatch") // the rest is to be closed, whatever fails
    public void close() {
        for (AutoCloseable part = closing.poll(); part != null; part = closing.poll()) {
            try {
                part.close();
            } catch (Exception failure) {
                LOG.warn("Closing {} failed", part.getClass().getSimpleName(), failure);
            }
        }
    }

    private void probe(Duration patience) {
        try (Connection connection = address.connect("mehari", patience)) {
            if (connection.isReadOnly()) {
                throw new StorageStartException(
                        "database at " + address.shown() + " takes no changes: name the primary with --db-url", null);
            }
        } catch (SQLException failure) {
            throw new StorageStartException(SqlOutage.explain(address, failure), failure);
        }
    }

    private HikariDataSource pool(DataConfig config) {
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName("mehari");
        hikari.setJdbcUrl(address.url());
        hikari.setDataSourceProperties(address.properties());
        hikari.addDataSourceProperty(
                "connectTimeout", Math.max(1, config.connectTimeout().toSeconds()));
        hikari.addDataSourceProperty("tcpKeepAlive", true);
        hikari.setMaximumPoolSize(config.poolSize());
        hikari.setMinimumIdle(Math.min(2, config.poolSize()));
        hikari.setConnectionTimeout(config.connectTimeout().toMillis());
        hikari.setValidationTimeout(Math.min(2000, config.connectTimeout().toMillis()));
        hikari.setInitializationFailTimeout(-1);
        return new HikariDataSource(hikari);
    }

    private void migrate() {
        try {
            Flyway.configure()
                    .dataSource(dataSource)
                    .locations("classpath:db/migration")
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        } catch (FlywayException failure) {
            dataSource.close();
            throw new StorageStartException(
                    "the tables in " + address.shown() + " cannot be brought up to date: " + failure.getMessage(),
                    failure);
        }
    }

    private static long millisSince(long started, LongSupplier nanos) {
        return (nanos.getAsLong() - started) / 1_000_000;
    }
}
