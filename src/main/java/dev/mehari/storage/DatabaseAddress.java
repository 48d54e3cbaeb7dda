package dev.mehari.storage;

import dev.mehari.config.DataConfig;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a database.
 *
 * @param url JDBC URL, may hold a password
 * @param user null for the URL's own
 * @param password null for the URL's own
 */
record DatabaseAddress(
        String url, @Nullable String user, @Nullable String password) {
    static DatabaseAddress of(DataConfig config) {
        return new DatabaseAddress(
                Objects.requireNonNull(config.url()),
                config.user(),
                config.password() == null ? null : config.password().reveal());
    }

    /** A connection outside any pool, which the server shows as {@code name}. */
    Connection connect(String name, Duration patience) throws SQLException {
        return connect(name, patience, new Properties());
    }

    /** The same with {@code further} properties of the driver's. */
    Connection connect(String name, Duration patience, Properties further) throws SQLException {
        Properties properties = properties();
        properties.putAll(further);
        properties.setProperty("ApplicationName", name);
        String seconds = Long.toString(Math.max(1, patience.toSeconds()));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("tcpKeepAlive", "true");
        return DriverManager.getConnection(url, properties);
    }

    /** Credentials as the driver takes them. */
    Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "mehari");
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        return properties;
    }

    /** Host, port and database, without anything secret. */
    String shown() {
        String plain = url.replaceFirst("^jdbc:", "").replaceFirst("\\?.*$", "");
        try {
            URI uri = URI.create(plain);
            return uri.getHost() == null
                    ? plain
                    : uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getPath();
        } catch (IllegalArgumentException severalHosts) {
            return plain.replaceFirst("^postgresql://", "");
        }
    }

    @Override
    public String toString() {
        return shown();
    }
}
