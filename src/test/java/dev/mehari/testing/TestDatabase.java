package dev.mehari.testing;

import dev.mehari.config.DataConfig;
import dev.mehari.storage.DataFolder;
import dev.mehari.storage.Database;
import dev.mehari.storage.ServerPort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A real, migrated PostgreSQL for one test class: a schema of its own on a server that is started once per run, or on
 * the one that {@code MEHARI_TEST_DB_URL} names. Migrated and opened by the same code as production.
 *
 * <pre>{@code
 * private static final TestDatabase DATABASE = TestDatabase.create();
 *
 * @AfterAll static void close() { DATABASE.close(); }
 * }</pre>
 */
public final class TestDatabase implements AutoCloseable {
    private final String url;
    private final Path folder;
    private final Database database;

    private TestDatabase(String url, Path folder, Database database) {
        this.url = url;
        this.folder = folder;
        this.database = database;
    }

    /** An empty schema with Mehari's tables. */
    public static TestDatabase create() {
        return createOn(Server.URL);
    }

    /** An empty schema with Mehari's tables on a server of the test's own, which it may stop. */
    public static TestDatabase createOn(String server) {
        String schema = "test_" + UUID.randomUUID().toString().replace("-", "");
        String url = server + (server.contains("?") ? "&" : "?") + "currentSchema=" + schema;
        try (Connection connection = DriverManager.getConnection(server);
                Statement statement = connection.createStatement()) {
            statement.execute("create schema " + schema);
            Path folder = TestFolder.create("mehari-test");
            return new TestDatabase(url, folder, open(url, folder));
        } catch (SQLException failure) {
            throw new IllegalStateException("no test database at " + server, failure);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Database open(String url, Path folder) throws IOException {
        try (DataFolder taken = DataFolder.take(folder)) {
            return Database.open(config(url, folder), taken, new SecureRandom(), System::nanoTime);
        }
    }

    /** The same database as another instance opens it; whoever asks closes it. */
    public Database openAgain() throws IOException {
        return open(url, folder);
    }

    /** The database as Mehari opens it; its listener is not started. */
    public Database database() {
        return database;
    }

    /** JDBC URL, with credentials and schema: what {@code mehari.db.url} takes. */
    public String url() {
        return url;
    }

    /** The configuration under which a whole Mehari would use it. */
    public DataConfig config() {
        return config(url, folder);
    }

    /** Runs SQL as an operator would with psql, on a connection of its own. */
    public void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalArgumentException(sql, failure);
        }
    }

    /** The first column of each row of a query, as text. */
    public List<String> query(String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException failure) {
            throw new IllegalArgumentException(sql, failure);
        }
    }

    /** The one number that {@code sql} selects. */
    public int number(String sql) {
        return Integer.parseInt(text(sql));
    }

    /** The first column of the first row that {@code sql} selects, as text. */
    public String text(String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException failure) {
            throw new IllegalArgumentException(sql, failure);
        }
    }

    /** Makes a key that callers can present, as an operator would with SQL. */
    public void createKey(String key, String name, int priority) {
        execute("insert into api_key (name, prefix, key_hash, priority) values ('" + name + "', left('" + key
                + "', 10), encode(sha256('" + key + "'), 'hex'), " + priority + ")");
    }

    /** Makes a key under a name that begins with {@code name}; returns what its caller presents. */
    public String newKey(String name, int priority) {
        String unique = UUID.randomUUID().toString().replace("-", "");
        String key = "mh_" + unique + unique;
        createKey(key, name + "-" + unique, priority);
        return key;
    }

    @Override
    public void close() {
        database.close();
    }

    private static DataConfig config(String url, Path folder) {
        return new DataConfig(folder, url, null, null, 4, Duration.ofSeconds(5));
    }

    /** Starts with its first use and ends with the JVM. */
    private static final class Server {
        static final String URL = start();

        private static String start() {
            String given = System.getenv("MEHARI_TEST_DB_URL");
            if (given != null && !given.isBlank()) {
                return given;
            }
            try {
                return EmbeddedPostgres.builder()
                        .setPort(ServerPort.free(new SecureRandom()))
                        .start()
                        .getJdbcUrl("postgres", "postgres");
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
