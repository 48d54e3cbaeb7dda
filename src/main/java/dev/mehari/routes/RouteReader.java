package dev.mehari.routes;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** Makes definitions of a file. The context is asked, and not changed. */
final class RouteReader {
    private final CamelContext context;

    RouteReader(CamelContext context) {
        this.context = context;
    }

    /** A file whose configurations are known, and whose routes can be made once those of all files are. */
    record Parsed(
            RouteFile file, RouteConfigurationBuilder builder, List<RouteConfigurationDefinition> configurations) {}

    @SuppressWarnings("PMD.AvoidCatchingGenericException") // Camel throws what it likes at what it cannot read
    Parsed parse(RouteFile file) throws RoutesRefused {
        RouteText.check(file);
        try {
            for (RoutesBuilder found : PluginHelper.getRoutesLoader(context)
                    .findRoutesBuilders(ResourceHelper.fromString(file.name(), file.text()))) {
                if (found instanceof RouteConfigurationBuilder builder) {
                    builder.setCamelContext(context);
                    builder.getRouteConfigurationCollection().setCamelContext(context);
                    builder.configuration();
                    List<RouteConfigurationDefinition> configurations = List.copyOf(
                            builder.getRouteConfigurationCollection().getRouteConfigurations());
                    for (RouteConfigurationDefinition configuration : configurations) {
                        check(file, configuration);
                    }
                    return new Parsed(file, builder, configurations);
                }
            }
        } catch (RoutesRefused refused) {
            throw refused;
        } catch (Exception wrong) {
            throw RouteText.unreadable(file, wrong);
        }
        throw new RoutesRefused(
                file.name(), 0, "is not read as YAML routes: its name has to end with .camel.yaml", null);
    }

    private static void check(RouteFile file, RouteConfigurationDefinition configuration) throws RoutesRefused {
        if (!configuration.getInterceptSendTos().isEmpty()
                || !configuration.getInterceptFroms().isEmpty()) {
            throw new RoutesRefused(
                    file.name(),
                    RouteText.lineOf(file, "interceptSendToEndpoint"),
                    "interceptSendToEndpoint and interceptFrom cannot be taken back from a running gateway: leave them"
                            + " out, and put the steps into the route",
                    null);
        }
    }

    /** With the configurations that the context has at this moment. */
    @SuppressWarnings("PMD.AvoidCatchingGenericException")
    List<RouteDefinition> routes(Parsed parsed) throws RoutesRefused {
        try {
            return List.copyOf(parsed.builder().configureRoutes(context).getRoutes());
        } catch (Exception wrong) {
            throw RouteText.unreadable(parsed.file(), wrong);
        }
    }
}
