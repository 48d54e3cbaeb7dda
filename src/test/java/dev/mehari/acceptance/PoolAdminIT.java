package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.LlmStub;
import dev.mehari.testing.PoolAdmin;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many credentials at once, by an operator: brought in, looked through, switched off, tried out. */
class PoolAdminIT {
    private static TestDatabase database;

    private final LlmStub llm = LlmStub.serving();
    private TestGateway gateway;
    private PoolAdmin pool;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @BeforeEach
    void start() throws Exception {
        PooledCalls.clear(database);
        gateway = TestGateway.simulated(database);
        pool = gateway.pool();
        pool.upstream("llm", "openai", llm.port());
    }

    @AfterEach
    void close() {
        gateway.close();
        llm.close();
    }

    private static String account(String email) {
        return "{\"client_id\":\"c\",\"client_secret\":\"s\",\"refresh_token\":\"refresh-of-" + email
                + "\",\"token_uri\":\"http://127.0.0.1:1/token\",\"email\":\"" + email + "\"}";
    }

    private JsonNode upload(String type, byte[] file) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(gateway.adminUrl() + "/api/credentials/import?upstream=llm"))
                .header("Authorization", "Bearer " + gateway.adminToken())
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(file))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return PooledCalls.json(answer.body());
    }

    private static byte[] zip(String... files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < files.length; i++) {
                zip.putNextEntry(new ZipEntry("account-" + i + ".json"));
                zip.write(files[i].getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    // row 89
    @Test
    void json_and_zip_are_taken_in_and_duplicates_by_email_are_reported() throws Exception {
        JsonNode first = upload(
                "application/json",
                ("[" + account("ana@example.com") + "," + account("bo@example.com") + "]")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(first.path("imported")).hasSize(2);
        assertThat(database.query("select email from credential order by email"))
                .containsExactly("ana@example.com", "bo@example.com");

        JsonNode second = upload(
                "application/zip",
                zip(
                        account("cy@example.com"),
                        account("bo@example.com").replace("refresh-of", "another-of"),
                        "no JSON"));

        assertThat(second.path("imported")).hasSize(1);
        assertThat(second.at("/duplicates/0/email").asText()).isEqualTo("bo@example.com");
        assertThat(second.path("problems")).hasSize(1);
        assertThat(database.number("select count(*) from credential")).isEqualTo(3);
        assertThat(database.text("select string_agg(t::text, ' ') from credential t"))
                .doesNotContain("refresh-of", "another-of");
    }

    // row 89
    @Test
    void credentials_are_found_by_state_error_and_cooldown() throws Exception {
        List<String> ids = IntStream.range(0, 4).mapToObj(this::apiKey).toList();
        pool.does("disable", ids.get(0));
        llm.treat("sk-1", LlmStub.Refuse.with(401));
        llm.treat("sk-2", LlmStub.Refuse.with(529));
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            gateway.post(PooledCalls.CALL, PooledCalls.chat("m", "call " + System.nanoTime()))
                    .join();
            return database.number("select count(*) from credential_bench") == 2;
        });

        assertThat(names("?status=disabled")).containsExactly("k-0");
        assertThat(names("?status=enabled")).containsExactlyInAnyOrder("k-1", "k-2", "k-3");
        assertThat(names("?status=benched")).containsExactlyInAnyOrder("k-1", "k-2");
        assertThat(names("?status=usable")).containsExactly("k-3");
        assertThat(names("?error=401")).containsExactly("k-1");
        assertThat(names("?cooldown=true")).containsExactlyInAnyOrder("k-1", "k-2");
        assertThat(names("?upstream=llm&status=disabled")).containsExactly("k-0");
        assertThat(pool.send("GET", "/api/credentials?status=tired", "").statusCode())
                .isEqualTo(400);
    }

    // row 89
    @Test
    void many_are_switched_off_and_deleted_at_once() throws Exception {
        List<String> ids = IntStream.range(0, 4).mapToObj(this::apiKey).toList();

        JsonNode disabled = pool.done(
                "POST",
                "/api/credentials/batch",
                PooledCalls.json(
                        "{\"action\":\"disable\",\"ids\":[\"" + ids.get(0) + "\",\"" + ids.get(1) + "\",\"999999\"]}"));

        assertThat(disabled.path("changed")).hasSize(2);
        assertThat(disabled.at("/unknown/0").asText()).isEqualTo("999999");
        assertThat(database.number("select count(*) from credential where not enabled"))
                .isEqualTo(2);
        pool.done(
                "POST",
                "/api/credentials/batch",
                PooledCalls.json("{\"action\":\"delete\",\"ids\":[\"" + ids.get(0) + "\"]}"));
        assertThat(database.number("select count(*) from credential")).isEqualTo(3);
    }

    // row 89
    @Test
    void a_test_tells_what_the_upstream_says_and_is_counted() throws Exception {
        String id = apiKey(0);
        llm.treat("sk-0", LlmStub.Refuse.with(401));
        JsonNode failed = pool.does("test", id);
        llm.serveAll();
        JsonNode works = pool.does("test", id);

        assertThat(failed.path("works").asBoolean()).isFalse();
        assertThat(failed.path("status").asInt()).isEqualTo(401);
        assertThat(works.path("works").asBoolean()).isTrue();
        assertThat(llm.credentials()).containsExactly("sk-0", "sk-0");
        await().atMost(Duration.ofSeconds(3))
                .until(() -> database.number("select successes from credential_use where credential_id = " + id) == 1);
    }

    // row 87
    @Test
    void downloads_need_admin_and_a_passphrase_and_show_no_secret() throws Exception {
        apiKey(0);
        String body = "{\"passphrase\":\"correct horse battery\"}";
        AdminCaller stranger = AdminCaller.stranger(gateway.adminUrl());

        assertThat(stranger.status("POST", "/api/credentials/export", body)).isEqualTo(401);
        assertThat(pool.send("POST", "/api/credentials/export", "{}").statusCode())
                .isEqualTo(400);
        HttpResponse<String> export = pool.send("POST", "/api/credentials/export", body);
        assertThat(export.statusCode()).isEqualTo(200);
        assertThat(export.body()).doesNotContain("sk-0");

        database.execute("delete from credential");
        JsonNode back = pool.done(
                "POST",
                "/api/credentials/import",
                PooledCalls.json("{\"passphrase\":\"correct horse battery\",\"file\":" + export.body() + "}"));
        assertThat(back.path("imported")).hasSize(1);
        assertThat(gateway.post(PooledCalls.CALL, PooledCalls.chat("m", "hello"))
                        .join()
                        .statusCode())
                .isEqualTo(200);
        assertThat(llm.credentials()).containsExactly("sk-0");
    }

    private String apiKey(int number) {
        try {
            return pool.apiKey("llm", "k-" + number, "sk-" + number);
        } catch (Exception refused) {
            throw new IllegalStateException(refused);
        }
    }

    private List<String> names(String query) throws Exception {
        return pool.credentials(query).stream()
                .map(one -> one.path("name").asText())
                .toList();
    }
}
