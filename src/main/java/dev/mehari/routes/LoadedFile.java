package dev.mehari.routes;

import java.time.Instant;
import java.util.List;
import org.apache.camel.model.RouteConfigurationDefinition;

/**
 * A file that is in force.
 *
 * @param version number of the version that it came with in this state
 * @param configurations hold for routes of other files, too
 */
record LoadedFile(
        RouteFile file,
        int version,
        Instant loadedAt,
        List<RouteConfigurationDefinition> configurations,
        List<LiveRoute> routes) {
    LoadedFile {
        configurations = List.copyOf(configurations);
        routes = List.copyOf(routes);
    }
}
