package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestFolder;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logins that need a gateway, or two, of their own. */
class AdminInstancesIT {
    private static final String PASSWORD = "correct horse battery";
    private static final String OTHER = "staple of another kind";
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String SETTING = "/api/settings/proxy.max_queue";

    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void forget() {
        database.execute("delete from admin_session; delete from admin_password");
    }

    // row 54
    @Test
    void wrong_passwords_are_slowed_down_but_not_the_admin_token() throws Exception {
        try (TestGateway guessed = TestGateway.simulated(database)) {
            AdminCaller guesser = AdminCaller.stranger(guessed.adminUrl());
            guessed.admin("PUT", "/api/password", password(PASSWORD));
            for (int i = 0; i < 4; i++) {
                assertThat(guesser.status("POST", "/api/login", password("wrong password " + i)))
                        .isEqualTo(i < 3 ? 401 : 429);
            }

            HttpResponse<String> early = guesser.send("POST", "/api/login", password(PASSWORD));

            assertThat(early.statusCode()).isEqualTo(429);
            assertThat(early.headers().firstValueAsLong("Retry-After").orElseThrow())
                    .isPositive();
            assertThat(early.body()).contains("\"too_many_logins\"");
            assertThat(guessed.admin("GET", "/api/settings", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_session_and_a_token_hold_on_every_instance_of_the_database() throws Exception {
        try (TestGateway here = TestGateway.simulated(database, "mehari.admin.token", TOKEN);
                MehariProcess there = MehariProcess.start(
                                Map.of("MEHARI_ADMIN_TOKEN", TOKEN),
                                "run",
                                "--port=0",
                                "--admin-port=0",
                                "--db-url=" + database.url(),
                                "--data-dir=" + TestFolder.create("mehari-data"))
                        .awaitReady()) {
            AdminCaller strangerHere = AdminCaller.stranger(here.adminUrl());
            AdminCaller strangerThere = AdminCaller.stranger(there.adminUrl().toString());
            AdminCaller holder = strangerThere.with("Authorization", "Bearer " + TOKEN);
            assertThat(holder.status("PUT", "/api/password", password(PASSWORD)))
                    .isEqualTo(200);

            String[] cookie = cookie(strangerHere.send("POST", "/api/login", password(PASSWORD)));
            AdminCaller session = strangerThere.with(cookie).guarded();

            assertThat(session.status("PUT", SETTING, "{\"value\":9}")).isEqualTo(200);
            assertThat(session.status("POST", "/api/logout", "")).isEqualTo(200);
            assertThat(strangerHere.with(cookie).status("GET", "/api/settings", ""))
                    .isEqualTo(401);
        }
    }

    @Test
    void the_configuration_may_set_token_and_password() throws Exception {
        try (TestGateway configured =
                TestGateway.simulated(database, "mehari.admin.token", TOKEN, "mehari.admin.password", PASSWORD)) {
            AdminCaller caller = AdminCaller.stranger(configured.adminUrl());

            assertThat(caller.with("Authorization", "Bearer " + TOKEN).status("GET", "/api/settings", ""))
                    .isEqualTo(200);
            AdminCaller session = caller.logIn(PASSWORD).guarded();
            assertThat(session.json("PUT", "/api/password", password(OTHER))
                            .at("/error/message")
                            .asText())
                    .contains("mehari.admin.password");
            assertThat(session.status("GET", "/api/settings", "")).isEqualTo(200);
            assertThat(configured.dataFolder().resolve("admin-token")).doesNotExist();
        }
    }

    private static String[] cookie(HttpResponse<String> login) {
        String cookie = login.headers().firstValue("Set-Cookie").orElseThrow();
        return new String[] {"Cookie", cookie.substring(0, cookie.indexOf(';'))};
    }

    private static String password(String password) {
        return "{\"password\":\"" + password + "\"}";
    }
}
