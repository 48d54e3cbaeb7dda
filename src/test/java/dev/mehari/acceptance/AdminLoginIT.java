package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How operators get in by password, and out again. */
class AdminLoginIT {
    private static final String PASSWORD = "correct horse battery";
    private static final String OTHER = "staple of another kind";
    private static final String SETTING = "/api/settings/proxy.max_queue";

    private static TestDatabase database;
    private static TestGateway gateway;
    private static AdminCaller stranger;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        gateway = TestGateway.simulated(database);
        stranger = AdminCaller.stranger(gateway.adminUrl());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        database.close();
    }

    @BeforeEach
    void forget() {
        database.execute("delete from admin_session; delete from admin_password");
    }

    // row 54
    @Test
    void a_password_opens_a_session_that_is_not_the_password() throws Exception {
        setPassword(PASSWORD);

        HttpResponse<String> answer = stranger.send("POST", "/api/login", password(PASSWORD));

        assertThat(answer.statusCode()).isEqualTo(200);
        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).matches("mehari_session=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict");
        assertThat(cookie + answer.body()).doesNotContain(PASSWORD);
        AdminCaller session = stranger.with("Cookie", cookie.substring(0, cookie.indexOf(';')));
        assertThat(session.status("GET", "/api/settings", "")).isEqualTo(200);
        assertThat(session.json("GET", "/api/session", "").path("by").asText()).isEqualTo("password");
        // the database has neither
        String token = cookie.substring("mehari_session=".length(), cookie.indexOf(';'));
        assertThat(database.query("select token_hash from admin_session")).doesNotContain(token);
        assertThat(database.query("select hash from admin_password").toString())
                .contains("pbkdf2-sha256$600000$")
                .doesNotContain(PASSWORD);
    }

    @Test
    void the_cookie_is_for_tls_only_where_the_client_speaks_it() throws Exception {
        setPassword(PASSWORD);

        HttpResponse<String> answer =
                stranger.send("POST", "/api/login", password(PASSWORD), "X-Forwarded-Proto", "https");

        assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow()).endsWith("; Secure");
    }

    @Test
    void no_login_is_possible_before_a_password_is_set() throws Exception {
        HttpResponse<String> answer = stranger.send("POST", "/api/login", password(PASSWORD));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("\"no_password_set\"").contains("mehari password");
    }

    @Test
    void a_session_changes_nothing_without_its_csrf_token() throws Exception {
        setPassword(PASSWORD);
        AdminCaller session = stranger.logIn(PASSWORD);
        AdminCaller other = stranger.logIn(PASSWORD).guarded();
        String othersToken =
                other.json("GET", "/api/session", "").path("csrf_token").asText();

        assertThat(session.json("PUT", SETTING, value("7")).at("/error/code").asText())
                .isEqualTo("csrf");
        assertThat(session.status("PUT", SETTING, value("7"), "X-CSRF-Token", othersToken))
                .isEqualTo(403);
        assertThat(session.guarded().status("PUT", SETTING, value("7"))).isEqualTo(200);
        assertThat(session.json("GET", SETTING, "").path("value").asText()).isEqualTo("7");
    }

    @Test
    void a_page_of_another_host_changes_nothing_and_logs_nobody_in() throws Exception {
        setPassword(PASSWORD);
        AdminCaller session = stranger.logIn(PASSWORD).guarded();
        String evil = "https://evil.example";

        assertThat(session.status("PUT", SETTING, value("7"), "Origin", evil)).isEqualTo(403);
        assertThat(session.status("PUT", SETTING, value("7"), "Origin", "null")).isEqualTo(403);
        assertThat(stranger.status("POST", "/api/login", password(PASSWORD), "Origin", evil))
                .isEqualTo(403);
        assertThat(session.status("PUT", SETTING, value("7"), "Origin", gateway.adminUrl()))
                .isEqualTo(200);
    }

    @Test
    void the_admin_token_needs_neither_session_nor_csrf_token() throws Exception {
        AdminCaller holder = stranger.with("Authorization", "Bearer " + gateway.adminToken());

        assertThat(holder.status("PUT", SETTING, value("7"))).isEqualTo(200);
        assertThat(holder.json("GET", "/api/session", "").toString())
                .isEqualTo("{\"by\":\"token\",\"csrf_token\":null,\"expires_at\":null}");
    }

    @Test
    void a_changed_password_ends_every_session() throws Exception {
        setPassword(PASSWORD);
        AdminCaller session = stranger.logIn(PASSWORD).guarded();

        assertThat(session.status("PUT", "/api/password", change(PASSWORD, OTHER)))
                .isEqualTo(200);

        assertThat(session.status("GET", "/api/settings", "")).isEqualTo(401);
        assertThat(stranger.status("POST", "/api/login", password(PASSWORD))).isEqualTo(401);
        assertThat(stranger.logIn(OTHER).status("GET", "/api/settings", "")).isEqualTo(200);
    }

    @Test
    void a_session_changes_no_password_without_the_one_in_force() throws Exception {
        setPassword(PASSWORD);
        AdminCaller session = stranger.logIn(PASSWORD).guarded();
        List<String> before = database.query("select hash from admin_password");

        JsonNode without = session.json("PUT", "/api/password", password(OTHER));
        HttpResponse<String> wrong = session.send("PUT", "/api/password", change("another password", OTHER));

        assertThat(without.at("/error/code").asText()).isEqualTo("invalid_value");
        assertThat(without.at("/error/field").asText()).isEqualTo("current");
        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(wrong.body()).contains("\"wrong_password\"").contains("\"current\"");
        assertThat(database.query("select hash from admin_password")).isEqualTo(before);
        assertThat(session.status("GET", "/api/settings", "")).isEqualTo(200);
    }

    @Test
    void a_session_ends_at_its_longest_age_however_busy() throws Exception {
        setPassword(PASSWORD);
        AdminCaller session = stranger.logIn(PASSWORD);
        database.execute("update admin_session set created_at = now() - interval '721 minutes'");

        assertThat(session.status("GET", "/api/settings", "")).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "\"text\"",
                "{\"password\":5}",
                "{\"password\":null}",
                "{}",
                "{\"password\":\"short\"}",
                "{\"password\":\"long enough a password\",\"more\":1}",
                "{\"password\":\"long enough a password\",\"password\":\"another password\"}",
                "{\"password\":\"long enough a password\"} {}"
            })
    void a_bad_body_changes_no_password(String body) throws Exception {
        setPassword(PASSWORD);
        List<String> before = database.query("select hash from admin_password");

        HttpResponse<String> answer = gateway.admin("PUT", "/api/password", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(database.query("select hash from admin_password")).isEqualTo(before);
    }

    @Test
    void bad_input_is_named() throws Exception {
        assertThat(field("PUT", "/api/password", "{\"passwort\":\"x\"}")).isEqualTo("passwort");
        assertThat(field("PUT", "/api/password", "{\"password\":5}")).isEqualTo("password");
        assertThat(field("PUT", SETTING, "{\"wert\":5}")).isEqualTo("wert");
        assertThat(field("PUT", SETTING, "{\"value\":[]}")).isEqualTo("value");
        assertThat(field("PUT", SETTING, "{\"value\":\"many\"}")).isEqualTo("value");
        assertThat(field("GET", "/api/leases?kee=1", "")).isEqualTo("kee");
        assertThat(field("GET", "/api/leases?key=x", "")).isEqualTo("key");
        assertThat(field("GET", "/api/leases?key=1&key=2", "")).isEqualTo("key");
        assertThat(field("GET", "/api/keys/one/use", "")).isEqualTo("id");
        assertThat(field("GET", "/api/keys/1'--/use", "")).isEqualTo("id");
        assertThat(field("DELETE", "/api/leases/-1", "")).isEqualTo("id");
        assertThat(field("DELETE", "/api/leases/99999999999999999999", "")).isEqualTo("id");
        assertThat(gateway.admin("PUT", SETTING, "{\"value\":\"" + "1".repeat(70_000) + "\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(gateway.admin("PUT", SETTING, "1".repeat(9_000_000)).statusCode())
                .isEqualTo(413);
    }

    @Test
    void no_answer_is_kept_by_caches_or_read_by_other_sites() throws Exception {
        List<HttpResponse<String>> answers = List.of(
                gateway.admin("GET", "/api/settings", ""),
                gateway.admin("GET", "/q/metrics", ""),
                gateway.admin("GET", "/api/nothing", ""),
                stranger.send("GET", "/api/settings", "", "Origin", "https://evil.example"),
                stranger.send("OPTIONS", "/api/settings", "", "Origin", "https://evil.example"));

        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
        });
    }

    private String field(String method, String path, String body) throws Exception {
        AdminCaller holder = stranger.with("Authorization", "Bearer " + gateway.adminToken());
        HttpResponse<String> answer = holder.send(method, path, body);
        assertThat(answer.statusCode()).as(path + " " + body).isEqualTo(400);
        JsonNode json = holder.parse(answer);
        return json.at("/error/field").asText();
    }

    private void setPassword(String password) throws Exception {
        assertThat(gateway.admin("PUT", "/api/password", password(password)).statusCode())
                .isEqualTo(200);
    }

    private static String change(String current, String password) {
        return "{\"password\":\"" + password + "\",\"current\":\"" + current + "\"}";
    }

    private static String password(String password) {
        return "{\"password\":\"" + password + "\"}";
    }

    private static String value(String value) {
        return "{\"value\":\"" + value + "\"}";
    }
}
