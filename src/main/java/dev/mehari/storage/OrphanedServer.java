package dev.mehari.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL left running on the data folder by a Mehari that was killed. Whoever calls holds the lock of the folder,
 * so nobody else uses that server: it is stopped, as its own fast shutdown does it.
 */
final class OrphanedServer {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedServer.class);
    private static final long PATIENCE_SECONDS = 10;

    private OrphanedServer() {}

    static void stop(Path cluster) throws IOException {
        Path pidFile = cluster.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        Optional<ProcessHandle> server = lines.isEmpty() ? Optional.empty() : process(lines.get(0));
        if (server.isPresent() && isPostgres(server.get())) {
            LOG.warn(
                    "Stopping the database that a killed Mehari left running, process {}",
                    server.get().pid());
            stop(server.get());
        }
        // a stale one makes the server refuse to start where the number belongs to another process by now
        Files.deleteIfExists(pidFile);
    }

    private static Optional<ProcessHandle> process(String pid) {
        try {
            return ProcessHandle.of(Long.parseLong(pid.strip()));
        } catch (NumberFormatException damaged) {
            return Optional.empty();
        }
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> command.endsWith("postgres") || command.endsWith("postgres.exe"))
                .orElse(false);
    }

    private static void stop(ProcessHandle server) throws IOException {
        try {
            // SIGINT is PostgreSQL's fast shutdown; Java itself can send only SIGTERM, which waits for clients
            if (new ProcessBuilder("/bin/sh", "-c", "kill -INT " + server.pid())
                            .start()
                            .waitFor()
                    != 0) {
                server.destroy();
            }
            server.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException tooLong) {
            throw new IOException("the database process " + server.pid() + " does not stop: stop it by hand", tooLong);
        } catch (ExecutionException unexpected) {
            throw new IOException("cannot wait for the database process " + server.pid(), unexpected);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while stopping the database", interrupted);
        }
    }
}
