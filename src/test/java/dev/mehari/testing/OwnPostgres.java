package dev.mehari.testing;

import dev.mehari.storage.ServerPort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;

/**
 * A PostgreSQL of a test's own, which it may stop and start again: at the same address, with what it held.
 *
 * <pre>{@code
 * try (OwnPostgres server = OwnPostgres.start(folder);
 *         TestDatabase database = TestDatabase.createOn(server.url())) {
 *     server.stop();
 *     server.startAgain();
 * }
 * }</pre>
 */
public final class OwnPostgres implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path cluster;
    private final Map<String, String> settings;
    private EmbeddedPostgres server;

    private OwnPostgres(Path cluster, Map<String, String> settings, EmbeddedPostgres server) {
        this.cluster = cluster;
        this.settings = settings;
        this.server = server;
    }

    /**
     * Returns when it can be asked.
     *
     * @param cluster folder for its data, which outlives it
     */
    public static OwnPostgres start(Path cluster) throws IOException {
        return start(cluster, Map.of());
    }

    /**
     * Returns when it can be asked.
     *
     * @param cluster folder for its data, which outlives it
     * @param settings of postgresql.conf
     */
    public static OwnPostgres start(Path cluster, Map<String, String> settings) throws IOException {
        return new OwnPostgres(cluster, settings, start(cluster, settings, ServerPort.free(new SecureRandom())));
    }

    /** JDBC URL, with its user. */
    public String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    /** Breaks its connections off; returns when it has ended. */
    public void stop() throws IOException {
        server.close();
    }

    /** Returns when it can be asked. */
    public void startAgain() throws IOException {
        server = start(cluster, settings, server.getPort());
    }

    @Override
    public void close() throws IOException {
        stop();
    }

    private static EmbeddedPostgres start(Path cluster, Map<String, String> settings, int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(cluster)
                .setCleanDataDirectory(false)
                .setPGStartupWait(PATIENCE)
                .setPort(port);
        settings.forEach(builder::setServerConfig);
        return builder.start();
    }
}
