package dev.mehari.acceptance;

import static dev.mehari.acceptance.PooledCalls.CALL;
import static dev.mehari.acceptance.PooledCalls.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.LlmStub;
import dev.mehari.testing.PoolAdmin;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import dev.mehari.testing.TokenStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Mehari authenticates itself with is shown nowhere, however it came in: over the admin API, from the declarative file, in
 * an import, from a token endpoint.
 */
class SecretsOfCredentialsIT {
    private static TestDatabase database;

    @TempDir
    Path folder;

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
    void no_credential_is_shown_anywhere() throws Exception {
        try (SecretHunt hunt = new SecretHunt();
                LlmStub llm = LlmStub.serving();
                TokenStub tokens = TokenStub.issuing(Duration.ofHours(1))
                        .answer(refresh -> new TokenStub.Fresh(Duration.ofHours(1), true))) {
            Path file = folder.resolve("upstreams.yaml");
            Files.writeString(file, declared(llm, hunt.plant("declared")));
            String token = hunt.plant("admin-token");
            try (TestGateway gateway = TestGateway.simulated(
                    database,
                    "mehari.admin.token",
                    token,
                    "mehari.upstreams.yaml",
                    file.toString(),
                    "mehari.credentials.master-key",
                    hunt.plant("master-key"),
                    "mehari.credentials.adaptive",
                    "on",
                    "mehari.upstream.read-timeout",
                    "1s",
                    "mehari.retry.max",
                    "5")) {
                PoolAdmin pool = PoolAdmin.with(token, gateway.adminUrl());
                List<String> secrets = make(hunt, pool, llm, tokens);
                hunt.remember("a fresh access token", tokens.accessToken(1));
                hunt.remember("a fresh refresh token", tokens.refreshToken(1));
                call(hunt, gateway, llm, secrets);
                manage(hunt, pool);

                AdminCaller admin = AdminCaller.stranger(gateway.adminUrl()).with("Authorization", "Bearer " + token);
                String id = pool.credentials("").get(0).path("id").asText();
                hunt.lookAtApi(
                        admin,
                        Map.of("id", id, "name", "llm", "upstream", "llm", "key", "proxy.max_queue", "model", "*"));
                hunt.look("/proxy-metrics", gateway.get("/proxy-metrics").join());
                hunt.lookIntoTheProcess();
                assertThat(llm.credentials()).contains(secrets.get(0), tokens.accessToken(1));
                assertThat(llm.uses())
                        .allSatisfy(use ->
                                assertThat(use.request().headers().toString()).doesNotContain(gateway.key()));
            }
            hunt.lookAtTables(database);

            assertThat(hunt.findings()).isEmpty();
        }
    }

    private static String declared(LlmStub llm, String secret) {
        return """
                upstreams:
                  - name: declared
                    dialect: openai
                    base_url: %s
                    credentials:
                      - name: from-the-file
                        kind: api-key
                        secret: %s
                """.formatted(llm.url(), secret);
    }

    /** One of each kind; returns the secrets as they are sent, the API key first. */
    private static List<String> make(SecretHunt hunt, PoolAdmin pool, LlmStub llm, TokenStub tokens) throws Exception {
        String apiKey = hunt.plant("api-key");
        String bearer = hunt.plant("bearer");
        String header = hunt.plant("header");
        String access = hunt.plant("access-token");
        pool.upstream("llm", "openai", llm.port(), "sticky", "\"0s\"");
        pool.apiKey("llm", "key", apiKey);
        pool.credential("llm", "bearer", "bearer", bearer);
        pool.credential("llm", "header", "header", header, "header", "\"x-credential\"");
        pool.oauth(
                "llm",
                "oauth",
                tokens,
                access,
                hunt.plant("refresh-token"),
                Instant.now().minusSeconds(5),
                "client_secret",
                JsonNodeFactory.instance.textNode(hunt.plant("client-secret")).toString());
        return List.of(apiKey, bearer, header);
    }

    private static void call(SecretHunt hunt, TestGateway gateway, LlmStub llm, List<String> secrets) throws Exception {
        for (int i = 0; i < 12; i++) {
            hunt.look("an answer", gateway.post(CALL, chat("m", "before " + i)).join());
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> {
            hunt.look("an answer", gateway.post(CALL, chat("m", "meanwhile")).join());
            return llm.credentials().stream().anyMatch(one -> one.startsWith("fresh-access-token"));
        });
        llm.treat(secrets.get(0), LlmStub.Refuse.with(401));
        llm.treat(secrets.get(1), LlmStub.Refuse.with(429, LlmStub.Hint.QUOTA_RESET, Duration.ofSeconds(30)));
        llm.treat(secrets.get(2), new LlmStub.Reset());
        for (int i = 0; i < 12; i++) {
            hunt.look(
                    "an answer after refusals",
                    gateway.post(CALL, chat("m", "during " + i)).join());
        }
        llm.treatOthers(use -> use.stream() ? new LlmStub.Cut(50) : new LlmStub.Garbage());
        for (int i = 0; i < 6; i++) {
            hunt.look("an error", gateway.post(CALL, chat("m", "after " + i)).join());
        }
        llm.serveAll();
    }

    /** Wrong and right requests to the admin API, whose answers and errors show nothing either. */
    private static void manage(SecretHunt hunt, PoolAdmin pool) throws Exception {
        String secret = hunt.plant("unwanted");
        for (String body : List.of(
                "{\"upstream\":\"llm\",\"name\":\"key\",\"kind\":\"api-key\",\"secret\":\"" + secret + "\"}",
                "{\"upstream\":\"nobody\",\"name\":\"x\",\"kind\":\"api-key\",\"secret\":\"" + secret + "\"}",
                "{\"upstream\":\"llm\",\"name\":\"x\",\"kind\":\"api-key\",\"secret\":[\"" + secret + "\"]}",
                "{\"upstream\":\"llm\",\"name\":\"x\",\"kind\":\"oauth\",\"secret\":\"" + secret + "\"}",
                "{\"upstream\":\"llm\",\"name\":\"x\",\"secret\":\"" + secret + "\",\"secret\":\"" + secret + "\"}",
                "{\"upstream\":\"llm\",\"secret\":\"" + secret)) {
            hunt.look("a refused credential", pool.send("POST", "/api/credentials", body));
            hunt.look("a refused import", pool.send("POST", "/api/credentials/import", body));
        }
        for (var credential : pool.credentials("")) {
            String path = "/api/credentials/" + credential.path("id").asText();
            for (String action : List.of("/test", "/refresh", "/disable", "/enable", "/release")) {
                hunt.look(path + action, pool.send("POST", path + action, ""));
            }
            hunt.look("PATCH " + path, pool.send("PATCH", path, "{\"priority\":\"" + secret + "\"}"));
        }
        hunt.look(
                "an export",
                pool.send("POST", "/api/credentials/export", "{\"passphrase\":\"" + hunt.plant("passphrase") + "\"}"));
        hunt.look("a rotated master key", pool.send("POST", "/api/master-key/rotate", ""));
    }
}
