package dev.mehari.routes;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the routes offer on the management port. */
final class AdminRoutes {
    private static final String SCHEME = "platform-http:";

    /** A method of a resource; {@code path} has its parameters in braces. */
    record Operation(String method, String path) {
        /** The path with something in place of its parameters. */
        String examplePath() {
            return path.replaceAll("\\{[^}]+}", "1");
        }
    }

    private AdminRoutes() {}

    /** All that a route names by method; the one for everything else is left out. */
    static List<Operation> all() throws IOException {
        List<Operation> found = new ArrayList<>();
        for (JsonNode route : RouteFiles.routes()) {
            String uri = route.at("/from/uri").asText();
            JsonNode methods = route.at("/from/parameters/httpMethodRestrict");
            if (uri.startsWith(SCHEME) && !methods.isMissingNode()) {
                for (String method : methods.asText().split(",")) {
                    found.add(new Operation(method, uri.substring(SCHEME.length())));
                }
            }
        }
        return found;
    }

    /** Ids of routes on the management port that take every method. */
    static List<String> catchingAll() throws IOException {
        List<String> found = new ArrayList<>();
        for (JsonNode route : RouteFiles.routes()) {
            if (route.at("/from/uri").asText().startsWith(SCHEME)
                    && route.at("/from/parameters/httpMethodRestrict").isMissingNode()) {
                found.add(route.path("id").asText());
            }
        }
        return found;
    }
}
