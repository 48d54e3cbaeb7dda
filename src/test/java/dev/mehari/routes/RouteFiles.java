package dev.mehari.routes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of {@code routes/}, read as plain YAML. */
final class RouteFiles {
    static final Path FOLDER = Path.of("routes").toAbsolutePath();

    private static final YAMLMapper YAML = new YAMLMapper();

    private RouteFiles() {}

    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    /** The bodies of all {@code route:} entries. */
    static List<JsonNode> routes() throws IOException {
        return entries("route");
    }

    /** The bodies of all entries of that kind. */
    static List<JsonNode> entries(String kind) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (Path file : all()) {
            for (JsonNode entry : YAML.readTree(file.toFile())) {
                if (entry.has(kind)) {
                    found.add(entry.get(kind));
                }
            }
        }
        return found;
    }

    static Set<String> ids() throws IOException {
        return routes().stream().map(route -> route.path("id").asText()).collect(Collectors.toSet());
    }
}
