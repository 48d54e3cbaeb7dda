package dev.mehari.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where state lives.
 *
 * @param dir folder of the embedded database, the admin token and the lock
 * @param url JDBC URL of a PostgreSQL of the user's; null for the embedded one
 * @param user null for the URL's own, or the driver's default
 * @param password null for the URL's own, or none
 * @param poolSize most connections that requests and chores use at once, besides one that listens
 * @param connectTimeout how long a connection may take to become available
 */
public record DataConfig(
        Path dir,
        @Nullable String url,
        @Nullable String user,
        @Nullable Secret password,
        int poolSize,
        Duration connectTimeout) {
    private static final String URL_START = "jdbc:postgresql:";

    public static DataConfig from(Settings settings) {
        Path dir = folder(settings);
        String url = settings.optionalText(
                "mehari.db.url", "JDBC URL of a PostgreSQL of yours, jdbc:postgresql://host/db; none starts our own");
        if (url != null && !url.startsWith(URL_START)) {
            settings.problem("mehari.db.url must begin with " + URL_START + "//, then host:port/database");
        }
        return new DataConfig(
                dir,
                url,
                settings.optionalText("mehari.db.user", "user for mehari.db.url"),
                settings.optionalSecret("mehari.db.password", "password for mehari.db.url"),
                settings.integer("mehari.db.pool-size", 8, 1, 1000, "most database connections in use at once"),
                settings.duration(
                        "mehari.db.connect-timeout",
                        "5s",
                        Duration.ofMillis(250),
                        "longest wait for a database connection"));
    }

    private static Path folder(Settings settings) {
        String text = settings.text("mehari.data.dir", "data", "folder of the embedded database and the admin token");
        try {
            return Path.of(text);
        } catch (InvalidPathException notOne) {
            settings.problem("mehari.data.dir is not a path: " + notOne.getReason());
            return Path.of("data");
        }
    }
}
