package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.routes.AdminRoutes.Operation;
import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every route of the management port, asked by those who may not. */
class AdminDoorIT {
    private static final List<String> EVERY_METHOD =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final String PASSWORD = "correct horse battery";

    private static TestDatabase database;
    private static TestGateway gateway;
    private static Map<String, AdminCaller> strangers;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        gateway = TestGateway.simulated(database);
        AdminCaller stranger = AdminCaller.stranger(gateway.adminUrl());
        gateway.admin("PUT", "/api/password", "{\"password\":\"" + PASSWORD + "\"}");
        AdminCaller loggedOut = stranger.logIn(PASSWORD).guarded();
        loggedOut.send("POST", "/api/logout", "");
        AdminCaller idle = stranger.logIn(PASSWORD).guarded();
        database.execute("update admin_session set seen_at = now() - interval '31 minutes'");
        strangers = new TreeMap<>(Map.of(
                "nothing",
                stranger,
                "a wrong token",
                stranger.with("Authorization", "Bearer " + "0".repeat(64)),
                "no token",
                stranger.with("Authorization", "Bearer "),
                "an unknown session",
                stranger.with("Cookie", "mehari_session=" + "0".repeat(64)),
                "no session",
                stranger.with("Cookie", "mehari_session="),
                "a session that was idle for too long",
                idle,
                "a session that has ended",
                loggedOut));
    }

    @AfterAll
    static void close() {
        gateway.close();
        database.close();
    }

    // row 54
    @Test
    void no_route_but_health_and_login_is_open() throws Exception {
        List<Operation> closed = AdminRoutes.all().stream()
                .filter(operation -> !isOpen(operation))
                .toList();

        assertThat(closed).hasSizeGreaterThan(10);
        for (Map.Entry<String, AdminCaller> stranger : strangers.entrySet()) {
            for (Operation operation : closed) {
                HttpResponse<String> answer =
                        stranger.getValue().send(operation.method(), operation.examplePath(), body(operation.method()));

                assertThat(answer.statusCode())
                        .as("%s with %s", operation, stranger.getKey())
                        .isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
                assertThat(answer.body()).contains("\"admin_token_required\"");
            }
        }
    }

    // row 54
    @Test
    void no_other_method_or_path_below_api_is_open() throws Exception {
        List<String> paths =
                List.of("/api", "/api/", "/api/nothing", "/api/keys/1/nothing", "/api/settings", "/api/login");
        AdminCaller stranger = strangers.get("nothing");
        for (String path : paths) {
            for (String method : EVERY_METHOD) {
                if (!path.equals("/api/login") || !method.equals("POST")) {
                    assertThat(stranger.status(method, path, body(method)))
                            .as("%s %s", method, path)
                            .isEqualTo(401);
                }
            }
        }
        assertThat(AdminRoutes.catchingAll()).containsExactly("refuse-unknown-resource");
    }

    // row 54
    @Test
    void no_credentials_are_taken_from_the_address() throws Exception {
        String token = gateway.adminToken();
        AdminCaller stranger = strangers.get("nothing");

        assertThat(stranger.status("GET", "/api/stats?Authorization=Bearer%20" + token, ""))
                .isEqualTo(401);
        assertThat(stranger.status("GET", "/api/stats?authorization=Bearer+" + token, ""))
                .isEqualTo(401);
        AdminCaller session = stranger.logIn(PASSWORD);
        String csrf = session.json("GET", "/api/session", "").path("csrf_token").asText();
        assertThat(session.status("POST", "/api/logout?X-CSRF-Token=" + csrf, ""))
                .isEqualTo(401);
    }

    @Test
    void what_there_is_not_is_told_to_those_who_may_ask_only() throws Exception {
        HttpResponse<String> answer = gateway.admin("GET", "/api/nothing", "");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"unknown_resource\"");
    }

    @Test
    void health_needs_nothing() throws Exception {
        for (Operation operation : AdminRoutes.all()) {
            if (operation.path().startsWith("/q/health")) {
                assertThat(strangers.get("nothing").status(operation.method(), operation.path(), ""))
                        .isEqualTo(200);
            }
        }
    }

    private static boolean isOpen(Operation operation) {
        return operation.path().equals("/api/login") || operation.path().startsWith("/q/health");
    }

    private static String body(String method) {
        return method.startsWith("P") ? "{}" : "";
    }
}
