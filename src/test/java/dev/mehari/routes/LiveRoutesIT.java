package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.storage.ServerPort;
import dev.mehari.testing.EditedRoutes;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files with routes that change while the gateway runs. */
class LiveRoutesIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestDatabase database;

    private StubUpstream stub;
    private EditedRoutes routes;
    private TestGateway gateway;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @BeforeEach
    void start() throws Exception {
        stub = StubUpstream.respondingWith(200);
        routes = EditedRoutes.copy();
        gateway = TestGateway.to(
                stub, database, "mehari.routes.dir", routes.folder().toString());
    }

    @AfterEach
    void close() {
        gateway.close();
        stub.close();
    }

    private JsonNode admin(String method, String path) throws Exception {
        HttpResponse<String> answer = gateway.admin(method, path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private JsonNode reload() throws Exception {
        return admin("POST", "/api/routes/reload");
    }

    private void answersWith(String header, String value) throws Exception {
        routes.insertBefore("meter-usage", "- setHeader:\n    name: " + header + "\n    constant: " + value + "\n");
    }

    @Test
    void a_changed_file_is_in_force_for_what_begins_after_the_swap() throws Exception {
        assertThat(gateway.post("/v1/x", "{}").join().headers().firstValue("X-Edited"))
                .isEmpty();

        answersWith("X-Edited", "once");
        JsonNode swapped = reload();

        assertThat(swapped.path("outcome").asText()).isEqualTo("swapped");
        assertThat(swapped.path("version").asInt()).isEqualTo(2);
        assertThat(gateway.post("/v1/x", "{}").join().headers().firstValue("X-Edited"))
                .hasValue("once");
        JsonNode state = admin("GET", "/api/routes");
        assertThat(state.path("version").asInt()).isEqualTo(2);
        assertThat(gateway.admin("GET", "/q/metrics", "").body())
                .contains("mehari_routes_version 2.0", "mehari_routes_reloads_total{outcome=\"swapped\"} 1.0");
    }

    @Test
    void a_change_is_noticed_by_itself() throws Exception {
        answersWith("X-Edited", "alone");

        await().untilAsserted(() -> assertThat(
                        gateway.post("/v1/x", "{}").join().headers().firstValue("X-Edited"))
                .hasValue("alone"));
    }

    @Test
    void a_broken_file_changes_nothing_and_is_named_until_it_is_mended() throws Exception {
        Path file = routes.folder().resolve("admit.camel.yaml");
        String good = Files.readString(file);
        Files.writeString(file, good.replace("ref: limitKey", "ref: limitKez"));

        JsonNode refused = reload();

        assertThat(refused.path("outcome").asText()).isEqualTo("refused");
        JsonNode problem = refused.path("problems").get(0);
        assertThat(problem.path("file").asText()).isEqualTo("admit.camel.yaml");
        assertThat(problem.path("line").asInt()).isEqualTo(line(good, "ref: limitKey"));
        assertThat(problem.path("message").asText()).contains("limitKez");
        assertThat(gateway.post("/v1/x", "{}").join().statusCode()).isEqualTo(200);
        HttpResponse<String> health = gateway.admin("GET", "/q/health", "");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("admit.camel.yaml:", "limitKez");
        assertThat(gateway.admin("GET", "/q/metrics", "").body())
                .contains("mehari_routes_version 1.0", "mehari_routes_refused 1.0");

        Files.writeString(file, good);

        await().untilAsserted(() ->
                assertThat(gateway.admin("GET", "/q/health", "").body()).doesNotContain("admit.camel.yaml"));
    }

    @Test
    void what_waits_in_a_throttle_goes_on_when_the_route_is_swapped() throws Exception {
        routes.insertBefore("begin-try", """
                - throttle:
                    id: slowly
                    expression:
                      constant: 1
                    timePeriodMillis: 2000
                """);
        answersWith("X-Edited", "before");
        assertThat(reload().path("problems")).isEmpty();
        assertThat(gateway.post("/v1/x", "{}").join().statusCode()).isEqualTo(200);
        CompletableFuture<HttpResponse<String>> waiting = gateway.post("/v1/x", "{}");
        await().until(() -> gateway.metrics().path("active_requests").asInt() == 1);

        Path file = routes.folder().resolve("forward.camel.yaml");
        Files.writeString(file, Files.readString(file).replace("constant: before", "constant: after"));
        assertThat(reload().path("problems")).isEmpty();

        assertThat(waiting.join().headers().firstValue("X-Edited")).hasValue("before");
        assertThat(gateway.post("/v1/x", "{}").join().headers().firstValue("X-Edited"))
                .hasValue("after");
        await().untilAsserted(() ->
                assertThat(admin("GET", "/api/routes").path("older")).isEmpty());
    }

    @Test
    void a_name_that_nobody_listens_to_fails_its_call_and_holds_up_no_other() throws Exception {
        Files.writeString(routes.folder().resolve("more.camel.yaml"), """
                - route:
                    id: more
                    from:
                      uri: netty-http:http://{{mehari.listen.host}}:{{mehari.listen.port}}/more
                      steps:
                        - toD: direct:nobody
                """);
        assertThat(reload().path("problems")).isEmpty();

        List<CompletableFuture<HttpResponse<String>>> failing =
                IntStream.range(0, 8).mapToObj(i -> gateway.post("/more", "{}")).toList();

        assertThat(failing).allMatch(answer -> answer.join().statusCode() == 500);
        assertThat(gateway.post("/v1/x", "{}").join().statusCode()).isEqualTo(200);
    }

    @Test
    void requests_under_way_end_when_the_port_of_their_own_is_taken_away() throws Exception {
        List<StubUpstream.Reply> open = new CopyOnWriteArrayList<>();
        stub.answer((request, reply) -> open.add(reply.sse().chunk("data: 1\n\n")));
        int port = ServerPort.free(new SecureRandom());
        Path own = routes.folder().resolve("own.camel.yaml");
        Files.writeString(own, """
                - route:
                    id: own
                    from:
                      uri: netty-http:http://127.0.0.1:%d/own
                      steps:
                        - to: netty-http:http://127.0.0.1:%d/there
                        - setHeader: {name: X-Own, constant: "yes"}
                """.formatted(port, stub.port()));
        assertThat(reload().path("problems")).isEmpty();
        try (RawClient client = RawClient.connect(port).post("/own", "{}")) {
            assertThat(client.readUntil("data: 1")).contains("X-Own");

            Files.delete(own);
            assertThat(reload().path("problems")).isEmpty();

            assertThatThrownBy(() -> RawClient.connect(port).close()).isInstanceOf(IOException.class);
            open.get(0).chunk("data: 2\n\n").end();
            assertThat(client.readUntil("0\r\n\r\n")).contains("data: 2");
            assertThat(client.isAtEnd()).isTrue();
        }
        await().untilAsserted(() ->
                assertThat(admin("GET", "/api/routes").path("older")).isEmpty());
    }

    @Test
    void the_data_port_is_the_one_that_is_configured() throws Exception {
        EditedRoutes others = EditedRoutes.copy();
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 4; i++) {
            Files.writeString(
                    others.folder().resolve("more" + i + ".camel.yaml"), """
                    - route:
                        id: more%d
                        from:
                          uri: netty-http:http://127.0.0.1:%d/more
                          steps:
                            - setBody:
                                constant: more
                    """.formatted(i, ServerPort.free(random)));
        }
        gateway.close();
        gateway = TestGateway.to(
                stub, database, "mehari.routes.dir", others.folder().toString());

        assertThat(gateway.post("/v1/x", "{}").join().statusCode()).isEqualTo(200);
    }

    @Test
    void routes_may_say_themselves_where_they_listen() throws Exception {
        EditedRoutes others = EditedRoutes.copy();
        String address = "127.0.0.1:" + ServerPort.free(new SecureRandom());
        for (String name : List.of("receive", "health")) {
            Path file = others.folder().resolve(name + ".camel.yaml");
            Files.writeString(
                    file, Files.readString(file).replace("{{mehari.listen.host}}:{{mehari.listen.port}}", address));
        }
        gateway.close();
        gateway = TestGateway.to(
                stub, database, "mehari.routes.dir", others.folder().toString());

        assertThat(gateway.url()).endsWith(address);
        assertThat(gateway.post("/v1/x", "{}").join().statusCode()).isEqualTo(200);
    }

    private static int line(String text, String part) {
        return (int) text.substring(0, text.indexOf(part)).lines().count();
    }
}
