package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.EditedRoutes;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A gateway that is full of secrets shows none of them: not in logs at any level, answers, metrics, JMX or tables. */
class SecretsIT {
    private static final String CALL = "/v1/chat/completions";
    private static final String BREAKING = """
            - filter:
                simple: "${header.X-Break} == 'yes'"
                steps:
                  - throwException:
                      exceptionType: java.lang.IllegalStateException
                      message: broken by the test
            """;

    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    // row 87
    @Test
    void no_secret_is_shown_anywhere() throws Exception {
        EditedRoutes routes = EditedRoutes.copy();
        routes.insertBefore("meter-usage", BREAKING);
        try (SecretHunt hunt = new SecretHunt();
                StubUpstream stub = StubUpstream.respondingWith(200)) {
            String token = hunt.plant("admin-token");
            String password = hunt.plant("admin-password");
            String target = hunt.plant("target");
            try (TestGateway gateway = TestGateway.to(
                    stub,
                    database,
                    "mehari.routes.dir",
                    routes.folder().toString(),
                    "mehari.admin.token",
                    token,
                    "mehari.admin.password",
                    password,
                    "mehari.db.password",
                    hunt.plant("database-password"),
                    "mehari.target.authorization",
                    "Bearer " + target,
                    "mehari.credentials.master-key",
                    hunt.plant("master-key"),
                    "mehari.limits",
                    "cluster",
                    "mehari.upstream.read-timeout",
                    "1s",
                    "mehari.breaker.threshold",
                    "3")) {
                hunt.remember("caller-key", gateway.key());
                AdminCaller stranger = AdminCaller.stranger(gateway.adminUrl());
                AdminCaller admin = stranger.with("Authorization", "Bearer " + token);
                String made = admin.parse(admin.send("POST", "/api/keys", "{\"name\":\"canary\"}"))
                        .path("key")
                        .asText();
                hunt.remember("made-key", made);
                call(hunt, stub, gateway, made);
                logIn(hunt, stranger, password);

                hunt.lookAtApi(admin, Map.of("id", "1", "key", "proxy.max_queue", "model", "*", "name", "target"));
                hunt.look("/proxy-metrics", gateway.get("/proxy-metrics").join());
                hunt.look("/proxy-health", gateway.get("/proxy-health").join());
                hunt.lookIntoTheProcess();
                assertThat(stub.requests()).isNotEmpty().allSatisfy(request -> {
                    assertThat(request.headers().get("Authorization")).isEqualTo("Bearer " + target);
                    assertThat(request.headers().toString() + request.uri()).doesNotContain(made, gateway.key());
                });
            }
            hunt.lookAtTables(database);

            assertThat(hunt.logLines()).isGreaterThan(1_000);
            assertThat(hunt.findings()).isEmpty();
        }
    }

    /** All that may become of a call, with the key in every place from which it is taken. */
    private static void call(SecretHunt hunt, StubUpstream stub, TestGateway gateway, String made) throws Exception {
        String wrong = hunt.remember(
                "wrong-key", "mh_" + "f".repeat(20) + hunt.plant("wrong").substring(13));
        for (String key : List.of(made, wrong)) {
            for (String header : List.of("x-api-key", "api-key", "x-goog-api-key")) {
                hunt.look("an answer", raw(gateway, CALL, header, key));
            }
            hunt.look("an answer", raw(gateway, CALL + "?key=" + key + "&access_token=" + key, "x-api-key", key));
            hunt.look("an answer", raw(gateway, CALL, "Authorization", "Basic " + key));
            hunt.look(
                    "an answer",
                    raw(gateway, CALL, "Authorization", "Bearer " + key, "Cookie", "mehari_session=" + key));
        }
        List<StubUpstream.Script> scripts = new ArrayList<>();
        scripts.add((request, reply) -> reply.json(400, "{\"error\":{\"message\":\"no\"}}"));
        scripts.add((request, reply) -> reply.json(401, "{\"error\":{\"message\":\"wrong key\"}}"));
        scripts.add((request, reply) -> reply.sse().chunk("data: 1\n\n").close());
        scripts.add((request, reply) -> reply.json(200, "{}", "X-Break", "yes"));
        scripts.add((request, reply) -> reply.raw("no HTTP\r\n\r\n").close());
        scripts.add((request, reply) -> {});
        scripts.add((request, reply) -> reply.json(500, "{}"));
        scripts.add((request, reply) -> reply.reset());
        for (StubUpstream.Script script : scripts) {
            stub.answer(script);
            hunt.look("an error", raw(gateway, CALL, "Authorization", "Bearer " + made));
        }
        hunt.look("an open breaker", raw(gateway, CALL, "Authorization", "Bearer " + made));
        hunt.look("a bad request", raw(gateway, "/v1/" + "x".repeat(20_000), "Authorization", "Bearer " + made));
    }

    private static String raw(TestGateway gateway, String path, String... headers) throws Exception {
        try (RawClient client = gateway.connect()) {
            RawClient.Answer answer =
                    client.post(path, Calls.CHAT_STREAM, headers).answer();
            return answer.headers() + "\n" + answer.body();
        }
    }

    private static void logIn(SecretHunt hunt, AdminCaller stranger, String password) throws Exception {
        hunt.look("a refused login", stranger.send("POST", "/api/login", "{\"password\":\"" + password + "x\"}"));
        hunt.look("a wrong body", stranger.send("POST", "/api/login", "{\"password\":\"" + password + "\""));
        var in = stranger.send("POST", "/api/login", "{\"password\":\"" + password + "\"}");
        assertThat(in.statusCode()).isEqualTo(200);
        hunt.look("a login", in.body());
        String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
        hunt.remember("session", cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';')));
        AdminCaller session = stranger.with("Cookie", cookie.substring(0, cookie.indexOf(';')))
                .guarded();
        hunt.look(
                "a changed password",
                session.send(
                        "PUT",
                        "/api/password",
                        "{\"current\":\"" + password + "\",\"password\":\"" + hunt.plant("new-password") + "\"}"));
        hunt.look("a session's answer", session.send("GET", "/api/stats", ""));
        hunt.look("a stranger's token", stranger.send("GET", "/api/stats", "", "Authorization", "Bearer " + password));
    }

    @Test
    void the_hunt_finds_what_is_there() throws Exception {
        try (SecretHunt hunt = new SecretHunt();
                TestGateway gateway = TestGateway.simulated(database)) {
            LoggerFactory.getLogger("dev.mehari.canary").trace("as {}", hunt.plant("logged"));
            LoggerFactory.getLogger("io.netty.canary")
                    .debug("failed", new IllegalStateException(new IllegalArgumentException(hunt.plant("thrown"))));
            database.execute("create table canary as select '" + hunt.plant("stored") + "'::bytea as bytes, '"
                    + hunt.plant("written") + "' as text");
            hunt.plant("not there");

            hunt.lookAtTables(database);
            database.execute("drop table canary");
            System.setProperty("canary", hunt.plant("in-a-property"));
            hunt.lookIntoTheProcess();
            System.clearProperty("canary");
            database.execute("update api_key set description = '" + hunt.plant("described") + "'");
            hunt.lookAtApi(
                    AdminCaller.stranger(gateway.adminUrl()).with("Authorization", "Bearer " + gateway.adminToken()),
                    Map.of("id", "1", "key", "proxy.max_queue"));

            assertThat(hunt.findings())
                    .contains(
                            "logged in the log: dev.mehari.canary",
                            "thrown in the log: io.netty.canary",
                            "stored in table canary",
                            "written in table canary",
                            "described in GET /api/keys")
                    .anyMatch(found -> found.startsWith("in-a-property in JMX"))
                    .noneMatch(found -> found.startsWith("not there"));
        }
    }
}
