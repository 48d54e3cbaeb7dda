package dev.mehari.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A gateway whose objects cannot all be made leaves nothing behind. */
class FailedStartIT {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    @Test
    void leaves_no_event_loop_and_no_simulated_upstream() throws Exception {
        assumeThat(OPEN_FILES).as("open files can be listed, as on Linux").exists();
        try (TestDatabase database = TestDatabase.create()) {
            TestGateway.simulated(database).close();
            // What is made last needs it.
            database.execute("drop sequence owner_seq");
            List<String> threads = simulatorThreads();
            long loops = eventLoops();

            assertThatThrownBy(() -> TestGateway.simulated(database, "mehari.limits", "cluster"))
                    .isInstanceOf(StorageUnavailable.class);

            await().untilAsserted(() -> {
                assertThat(simulatorThreads()).isSubsetOf(threads);
                assertThat(eventLoops()).isLessThanOrEqualTo(loops);
            });
        }
    }

    private static List<String> simulatorThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("simulated-upstream"))
                .toList();
    }

    /** Each has an epoll of its own, also before it has a thread. */
    private static long eventLoops() throws IOException {
        try (Stream<Path> files = Files.list(OPEN_FILES)) {
            return files.filter(FailedStartIT::isEpoll).count();
        }
    }

    private static boolean isEpoll(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().contains("eventpoll");
        } catch (IOException gone) {
            return false;
        }
    }
}
