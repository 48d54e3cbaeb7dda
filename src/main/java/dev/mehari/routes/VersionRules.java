package dev.mehari.routes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.support.PatternHelper;

/** What has to hold for the files of a version together. */
final class VersionRules {
    private static final String DIRECT = "direct:";
    private static final String DATA_PORT = "netty-http:";
    /** What the data port shows of the gateway itself. */
    private static final Set<String> STATE_PAGES = Set.of("/proxy-health", "/proxy-metrics");

    private VersionRules() {}

    /** None when all is well. */
    static List<RoutesProblem> problems(Map<String, LoadedFile> files, CamelContext context) {
        List<LiveRoute> routes = files.values().stream()
                .map(LoadedFile::routes)
                .flatMap(Collection::stream)
                .toList();
        List<RoutesProblem> problems = new ArrayList<>();
        if (routes.stream().noneMatch(VersionRules::takesCalls)) {
            problems.add(new RoutesProblem(
                    null,
                    0,
                    "no route takes calls at the data port, so that all of them would get 404: put receive.camel.yaml into the"
                            + " folder with the routes (--routes), or a route of your own from netty-http"));
        }
        Map<String, LiveRoute> ids = new HashMap<>();
        Map<Entry, LiveRoute> taken = new HashMap<>();
        Set<String> entries = new HashSet<>();
        for (LiveRoute route : routes) {
            entries.add(route.entry().key());
            RouteFile file = route.file();
            LiveRoute namesake = ids.putIfAbsent(route.id(), route);
            if (namesake != null) {
                problems.add(new RoutesProblem(
                        file.name(),
                        RouteText.lineOf(file, "id: " + route.id()),
                        "the id " + route.id() + " is taken by a route in "
                                + namesake.file().name()));
            }
            LiveRoute first = taken.putIfAbsent(route.entry(), route);
            if (first != null) {
                problems.add(new RoutesProblem(
                        file.name(),
                        RouteText.lineOf(file, "id: " + route.id()),
                        route.id() + " begins where " + first.id() + " in "
                                + first.file().name() + " does: " + route.entry()));
            }
        }
        problems.addAll(configurationsMissing(files, routes));
        for (LiveRoute route : routes) {
            RouteFile file = route.file();
            for (ToDefinition to : ProcessorDefinitionHelper.filterTypeInOutputs(
                    route.definition().getOutputs(), ToDefinition.class)) {
                String uri = to.getUri() == null ? "" : context.resolvePropertyPlaceholders(to.getUri());
                String name = uri.startsWith("direct://") ? DIRECT + uri.substring("direct://".length()) : uri;
                int query = name.indexOf('?');
                String asked = query < 0 ? name : name.substring(0, query);
                if (asked.startsWith(DIRECT) && !entries.contains(asked)) {
                    problems.add(new RoutesProblem(
                            file.name(),
                            RouteText.lineOf(file, to.getUri()),
                            route.id() + " sends to " + asked + ", and no route begins there"));
                }
            }
        }
        return problems;
    }

    private static boolean takesCalls(LiveRoute route) {
        String key = route.entry().key();
        int query = key.indexOf('?');
        String address = query < 0 ? key : key.substring(0, query);
        return address.startsWith(DATA_PORT) && STATE_PAGES.stream().noneMatch(address::endsWith);
    }

    /** Camel starts a route without the configuration that it names, where there is none of that name. */
    private static List<RoutesProblem> configurationsMissing(Map<String, LoadedFile> files, List<LiveRoute> routes) {
        Set<String> ids = new HashSet<>();
        files.values().forEach(file -> file.configurations().forEach(one -> ids.add(one.getId())));
        List<RoutesProblem> problems = new ArrayList<>();
        for (LiveRoute route : routes) {
            String named = route.definition().getRouteConfigurationId();
            for (String name : named == null ? new String[0] : named.split(",")) {
                boolean isWildcard = name.strip().endsWith("*"); // those that there are
                if (!isWildcard && ids.stream().noneMatch(id -> PatternHelper.matchPattern(id, name.strip()))) {
                    problems.add(new RoutesProblem(
                            route.file().name(),
                            RouteText.lineOf(route.file(), "routeConfigurationId"),
                            route.id() + " names the routeConfiguration " + name.strip() + ", and there is none"));
                }
            }
        }
        return problems;
    }
}
