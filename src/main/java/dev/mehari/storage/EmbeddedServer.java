package dev.mehari.storage;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/**
 * A real PostgreSQL in {@code pg} below the data folder, on a free port of this machine, reached by password only. It
 * keeps what it has across restarts. As root it runs in a user namespace, since PostgreSQL refuses to be root.
 */
final class EmbeddedServer implements AutoCloseable {
    /** The major version of the binaries that we ship; a cluster of another one needs {@code pg_upgrade}. */
    private static final String MAJOR = "18";

    private static final String USER = "postgres";
    private static final String DATABASE = "postgres";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EmbeddedPostgres server;
    private final String password;

    private EmbeddedServer(EmbeddedPostgres server, String password) {
        this.server = server;
        this.password = password;
    }

    /**
     * Starts it; on the first start it is made.
     *
     * @throws StorageStartException when it does not start
     */
    static EmbeddedServer start(DataFolder folder, SecureRandom random) {
        Path cluster = folder.path().resolve("pg");
        try {
            refuseAnotherVersion(cluster);
            OrphanedServer.stop(cluster);
            Path passwordFile = folder.path().resolve("pg-password");
            String password = password(passwordFile, random);
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setDataDirectory(cluster)
                    // the default is a fixed name in /tmp, where others of this machine can put programs of theirs
                    .setOverrideWorkingDirectory(
                            folder.path().resolve("pg-binaries").toFile())
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(PATIENCE)
                    .setPort(ServerPort.free(random))
                    .setLocaleConfig("auth", "scram-sha-256")
                    .setLocaleConfig("pwfile", passwordFile.toString())
                    .setConnectConfig("password", password)
                    .setServerConfig("fsync", "on")
                    // off unless told otherwise: the library is made for tests
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "60")
                    .setServerConfig("unix_socket_directories", "")
                    .start();
            return new EmbeddedServer(server, password);
        } catch (IOException | IllegalStateException failure) {
            throw new StorageStartException(
                    "the embedded database in " + cluster + " does not start (" + failure.getMessage()
                            + "): see the log above, or use a PostgreSQL of yours with --db-url",
                    failure);
        }
    }

    DatabaseAddress address() {
        String url = "jdbc:postgresql://localhost:" + server.getPort() + "/" + DATABASE;
        return new DatabaseAddress(url, USER, password);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static void refuseAnotherVersion(Path cluster) throws IOException {
        Path file = cluster.resolve("PG_VERSION");
        String version = Files.exists(file) ? Files.readString(file).strip() : MAJOR;
        if (!version.equals(MAJOR)) {
            throw new StorageStartException(
                    cluster + " was made by PostgreSQL " + version + " and this Mehari brings " + MAJOR
                            + ": move it away, or upgrade it with pg_upgrade",
                    null);
        }
    }

    private static String password(Path file, SecureRandom random) throws IOException {
        if (!Files.exists(file)) {
            byte[] bytes = new byte[24];
            random.nextBytes(bytes);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, HexFormat.of().formatHex(bytes) + "\n", StandardOpenOption.WRITE);
        }
        return Files.readString(file).strip();
    }
}
