package dev.mehari.routes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;

/** How the files of {@code routes/} are written; {@link AllRoutesLoadIT} starts them. */
class AllRoutesLoadTest {
    /** What a route does begins with one of these; a new verb is a decision, not a slip. */
    private static final Set<String> VERBS = Set.of(
            "receive", "admit", "forward", "show", "change", "create", "edit", "delete", "restore", "purge", "open",
            "close", "return", "refuse", "enable", "disable", "release", "test", "refresh", "import", "export",
            "rotate", "try", "reset", "write");

    @Test
    @SuppressWarnings("try") // nobody interrupts the close
    void camel_understands_every_file() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            for (Path file : RouteFiles.all()) {
                PluginHelper.getRoutesLoader(context)
                        .loadRoutes(PluginHelper.getResourceLoader(context).resolveResource("file:" + file));
            }

            assertThat(context.getRouteDefinitions())
                    .extracting(route -> route.getRouteId())
                    .containsExactlyInAnyOrderElementsOf(RouteFiles.ids());
        }
    }

    @Test
    void every_file_is_named_and_begins_with_a_comment() throws IOException {
        assertThat(RouteFiles.all()).isNotEmpty().allSatisfy(file -> {
            assertThat(file.getFileName().toString()).matches("[a-z-]+\\.camel\\.yaml");
            assertThat(Files.readString(file, UTF_8)).matches("(?s)# [A-Z].*");
        });
    }

    @Test
    void every_route_has_a_verb_for_an_id_and_says_what_it_does() throws IOException {
        List<JsonNode> routes = RouteFiles.routes();

        assertThat(routes).isNotEmpty().allSatisfy(route -> {
            String id = route.path("id").asText();
            assertThat(id).matches("[a-z]+(-[a-z]+)+");
            assertThat(VERBS).contains(id.substring(0, id.indexOf('-')));
            assertThat(route.path("description").asText()).as(id).matches("[A-Z].{10,}[^.]");
        });
        assertThat(RouteFiles.ids()).hasSameSizeAs(routes);
    }

    @Test
    void the_answer_to_errors_has_no_id_and_so_holds_for_every_route_that_names_no_other() throws IOException {
        List<String> ids = RouteFiles.entries("routeConfiguration").stream()
                .map(configuration -> configuration.path("id").asText())
                .toList();

        assertThat(ids).containsOnlyOnce("").doesNotHaveDuplicates();
        assertThat(RouteFiles.routes())
                .allSatisfy(route -> assertThat(ids)
                        .as("what %s names", route.path("id").asText())
                        .contains(route.path("routeConfigurationId").asText()));
    }

    @Test
    void the_packaged_copy_is_the_folder() throws IOException {
        for (Path file : RouteFiles.all()) {
            try (InputStream packaged = getClass().getResourceAsStream("/routes/" + file.getFileName())) {
                assertThat(packaged).as("%s on the class path", file).isNotNull();
                assertThat(packaged).hasBinaryContent(Files.readAllBytes(file));
            }
        }
    }
}
