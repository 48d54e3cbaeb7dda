package dev.mehari.app;

import dev.mehari.admin.DeleteCapture;
import dev.mehari.admin.DeleteCaptured;
import dev.mehari.admin.ShowCapture;
import dev.mehari.admin.ShowCaptureReadings;
import dev.mehari.admin.ShowCaptured;
import dev.mehari.caller.CallCapture;
import dev.mehari.capture.CaptureCalls;
import dev.mehari.capture.CaptureCounts;
import dev.mehari.capture.CaptureMemory;
import dev.mehari.capture.CaptureStore;
import dev.mehari.capture.CaptureWriter;
import dev.mehari.config.CaptureConfig;
import dev.mehari.storage.CaptureRetention;
import dev.mehari.storage.CaptureTable;
import dev.mehari.storage.Database;
import dev.mehari.storage.SealedSecrets;
import dev.mehari.telemetry.CaptureMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.main.Main;

/** Builds what keeps the bodies of calls, and what shows them. */
final class CaptureWiring implements AutoCloseable {
    private static final Duration BETWEEN_CHORES = Duration.ofMinutes(5);

    private final CaptureStore store;
    private final CaptureMemory memory;
    private final CaptureCounts counts = new CaptureCounts();
    private final CaptureWriter writer;
    private final CaptureCalls calls;

    CaptureWiring(CaptureConfig config, Database database, SealedSecrets secrets, SecureRandom random) {
        store = new CaptureTable(database, secrets, random);
        memory = new CaptureMemory(config.memory().bytes());
        writer = new CaptureWriter(
                store,
                new CaptureRetention(database, config.keep(), config.maxSize().bytes()),
                memory,
                counts,
                Clock.systemUTC(),
                System::nanoTime);
        calls = new CaptureCalls(
                writer, memory, counts, Math.toIntExact(config.maxBody().bytes()), Clock.systemUTC());
    }

    /** To be told of calls whose key has a policy. */
    CallCapture calls() {
        return calls;
    }

    void bindTo(Main main, MeterRegistry registry) {
        main.bind("showCaptured", new ShowCaptured(store));
        main.bind("showCapture", new ShowCapture(store));
        main.bind("showCaptureReadings", new ShowCaptureReadings(store));
        main.bind("deleteCapture", new DeleteCapture(store));
        main.bind("deleteCaptured", new DeleteCaptured(store));
        new CaptureMeters(counts, memory::taken, writer::storedBytes).bindTo(registry);
    }

    void start() {
        writer.start(BETWEEN_CHORES);
    }

    @Override
    public void close() {
        writer.close();
    }
}
