package dev.mehari.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mehari.admin.CheckRoutes;
import dev.mehari.admin.ShowRoutes;
import dev.mehari.config.RoutesConfig;
import dev.mehari.routes.LiveRoutes;
import dev.mehari.routes.Reload.Outcome;
import dev.mehari.routes.RouteSource;
import dev.mehari.routes.RoutesProblem;
import dev.mehari.telemetry.RoutesMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;

/** Builds what reads the routes and puts them in force. */
final class RoutesWiring implements AutoCloseable {
    private static final String PACKAGED = "classpath:routes/*" + RouteSource.SUFFIX;

    private final @Nullable Path folder;
    private final RoutesConfig config;
    private final RoutesMeters meters;
    private volatile @Nullable LiveRoutes live;

    /** @param folder with the routes; null for the packaged ones */
    RoutesWiring(@Nullable Path folder, RoutesConfig config, MeterRegistry registry) {
        this.folder = folder;
        this.config = config;
        meters = new RoutesMeters(registry, this::version, () -> problems().size());
    }

    void bindTo(Main main) {
        RoutesOffice office = new RoutesOffice(this::live);
        main.bind("showRoutes", new ShowRoutes(office));
        main.bind("checkRoutes", CheckRoutes.only(office));
        main.bind("reloadRoutes", CheckRoutes.thenSwap(office));
    }

    /** @param context started */
    void start(CamelContext context) throws Exception {
        RouteSource source = folder == null ? packaged(context) : new RouteSource.Folder(folder);
        LiveRoutes routes = new LiveRoutes(source, config.reload(), Clock.systemUTC());
        routes.onReload(reload -> {
            if (reload.outcome() != Outcome.UNCHANGED) {
                meters.reloaded(reload.outcome().name().toLowerCase(Locale.ROOT));
            }
        });
        live = routes;
        routes.start(context);
    }

    static RouteSource.Packaged packaged(CamelContext context) throws Exception {
        Map<String, String> texts = new HashMap<>();
        for (Resource resource :
                PluginHelper.getPackageScanResourceResolver(context).findResources(PACKAGED)) {
            String location = resource.getLocation();
            texts.put(location.substring(location.lastIndexOf('/') + 1), text(resource));
        }
        return new RouteSource.Packaged(texts);
    }

    private static String text(Resource resource) throws IOException {
        try (InputStream in = resource.getInputStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private LiveRoutes live() {
        LiveRoutes routes = live;
        if (routes == null) {
            throw new IllegalStateException("asked of the routes before there are any");
        }
        return routes;
    }

    private int version() {
        LiveRoutes routes = live;
        return routes == null ? 0 : routes.version();
    }

    private List<RoutesProblem> problems() {
        LiveRoutes routes = live;
        return routes == null ? List.of() : routes.problems();
    }

    /** Why the files are not in force as they are; null when they are. */
    @Nullable
    String trouble() {
        List<RoutesProblem> problems = problems();
        return problems.isEmpty()
                ? null
                : problems.stream().map(RoutesProblem::toString).collect(Collectors.joining("; "));
    }

    @Override
    public void close() {
        LiveRoutes routes = live;
        if (routes != null) {
            routes.close();
        }
    }
}
