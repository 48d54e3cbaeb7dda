package dev.mehari.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Meters of the database and of the connections to it. */
public final class DatabaseMeters {
    private final DatabaseView view;

    public DatabaseMeters(DatabaseView view) {
        this.view = view;
    }

    /** Adds the meters; the registry holds on to the view. */
    public void bindTo(MeterRegistry registry) {
        String connections = "Connections to the database";
        gauge(registry, "mehari.database.connections", "busy", connections, DatabaseView::busy);
        gauge(registry, "mehari.database.connections", "idle", connections, DatabaseView::idle);
        gauge(
                registry,
                "mehari.database.waiting",
                null,
                "Pieces of work that wait for a connection to the database, or for a thread",
                DatabaseView::waiting);
        gauge(
                registry,
                "mehari.database.reachable",
                null,
                "1 while the database answers, else 0",
                now -> now.reachable() ? 1 : 0);
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            @Nullable String state,
            String description,
            ToDoubleFunction<DatabaseView> value) {
        Gauge.Builder<DatabaseView> gauge =
                Gauge.builder(name, view, value).description(description).strongReference(true);
        if (state != null) {
            gauge.tag("state", state);
        }
        gauge.register(registry);
    }
}
