package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.routes.AdminRoutes.Operation;
import dev.mehari.testing.ApiDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The OpenAPI document beside the routes. */
class ApiDocumentTest {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");

    @Test
    void describes_every_route_below_api_and_nothing_else() throws Exception {
        Set<String> described = new TreeSet<>();
        operations().forEach((operation, unused) -> described.add(operation.method() + " " + operation.path()));
        Set<String> routed = new TreeSet<>();
        for (Operation operation : AdminRoutes.all()) {
            if (operation.path().startsWith("/api/")) {
                routed.add(operation.method() + " " + operation.path());
            }
        }

        assertThat(described).isEqualTo(routed);
    }

    @Test
    void names_each_part_of_a_path_and_what_changes_need() {
        operations().forEach((operation, description) -> {
            List<String> inPath = new ArrayList<>();
            List<String> inHeader = new ArrayList<>();
            for (JsonNode parameter : description.path("parameters")) {
                JsonNode resolved = ApiDocument.resolved(parameter);
                (resolved.path("in").asText().equals("path") ? inPath : inHeader)
                        .add(resolved.path("name").asText());
            }
            assertThat(inPath)
                    .as("%s", operation)
                    .containsExactlyElementsOf(PARAMETER
                            .matcher(operation.path())
                            .results()
                            .map(found -> found.group(1))
                            .toList());
            boolean changesBySession =
                    !operation.method().equals("GET") && !operation.path().equals("/api/login");
            assertThat(inHeader.contains("X-CSRF-Token")).as("%s", operation).isEqualTo(changesBySession);
            assertThat(description.at("/responses/403").isMissingNode())
                    .as("%s", operation)
                    .isEqualTo(operation.method().equals("GET"));
            assertThat(description.at("/responses/401").isMissingNode())
                    .as("%s", operation)
                    .isFalse();
        });
    }

    @Test
    void names_every_operation_once_and_refers_to_what_there_is() {
        List<String> ids = operations().values().stream()
                .map(description -> description.path("operationId").asText())
                .toList();

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> !id.isEmpty());
        assertThat(ApiDocument.references())
                .isNotEmpty()
                .allSatisfy(reference ->
                        assertThat(ApiDocument.at(reference).isMissingNode()).isFalse());
    }

    private static Map<Operation, JsonNode> operations() {
        return ApiDocument.operations(Operation::new);
    }
}
