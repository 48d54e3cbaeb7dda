package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A key's life, from the admin API to what its holder gets. */
class KeysIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";

    private static TestDatabase database;
    private static StubUpstream stub;
    private static TestGateway gateway;

    private final String name = "key " + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.respondingWith(200);
        gateway = TestGateway.to(stub, database);
    }

    @AfterAll
    static void close() {
        gateway.close();
        stub.close();
        database.close();
    }

    @BeforeEach
    @AfterEach
    void forget() {
        stub.requests().clear();
    }

    // row 45
    @Test
    void a_key_is_shown_once_and_only_its_hash_is_kept() throws Exception {
        HttpResponse<String> made =
                gateway.admin("POST", "/api/keys", named(name).toString());
        JsonNode created = JSON.readTree(made.body());
        String key = created.path("key").asText();

        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(key).matches("mh_[0-9a-f]{64}");
        assertThat(status(key)).isEqualTo(200);
        assertThat(tableText()).contains(created.path("prefix").asText()).doesNotContain(key.substring(12));
        for (String path :
                List.of("/api/keys", "/api/keys/" + created.path("id").asText())) {
            HttpResponse<String> later = gateway.admin("GET", path, "");
            assertThat(later.body()).contains(name).doesNotContain(key.substring(12));
        }
    }

    // row 45
    @Test
    void all_fields_come_back_as_they_were_set() throws Exception {
        ObjectNode body = (ObjectNode) JSON.readTree("""
                {"description":"Nightly \\"runs\\"","tags":["ci","batch"],"owner":"Ana","enabled":false,"priority":7,
                 "expires_at":"2031-01-31","allowed_models":["gpt-4o*"],"allowed_clients":["claude-cli"],
                 "allowed_upstreams":["target"],
                 "limits":{"concurrency":5,"requests":"10/1m","tokens_per_minute":90,"tokens":"1000/1h",
                           "budget_daily":"5","budget_weekly":"10.50","budget_total":0.000000001,
                           "queue":{"size":1,"timeout":"2s"}}}
                """);
        body.put("name", name);

        JsonNode made = create(body);
        JsonNode shown = get(made);

        ((ObjectNode) made).remove("key");
        assertThat(shown).isEqualTo(made);
        assertThat(shown.path("state").asText()).isEqualTo("disabled");
        assertThat(shown.path("expires_at").asText()).isEqualTo("2031-01-31T00:00:00Z");
        assertThat(shown.path("tags").toString()).isEqualTo("[\"ci\",\"batch\"]");
        assertThat(shown.path("limits").toString())
                .isEqualTo("{\"concurrency\":5,\"requests\":\"10/1m\",\"tokens_per_minute\":90,\"tokens\":\"1000/1h\","
                        + "\"budget_daily\":\"5.00\",\"budget_weekly\":\"10.50\",\"budget_total\":\"0.000000001\","
                        + "\"queue\":{\"size\":1,\"timeout\":\"2s\"}}");
    }

    @Test
    void an_edit_changes_what_it_gives_and_null_resets() throws Exception {
        JsonNode made = create(named(name)
                .put("owner", "Ana")
                .set("limits", JSON.readTree("{\"concurrency\":5,\"requests\":\"10/1m\"}")));

        edit(made, "{\"priority\":2,\"limits\":{\"concurrency\":3}}");
        JsonNode after = edit(made, "{\"owner\":null}");

        assertThat(after.path("priority").asInt()).isEqualTo(2);
        assertThat(after.path("owner").asText()).isEmpty();
        assertThat(after.at("/limits/concurrency").asInt()).isEqualTo(3);
        assertThat(after.at("/limits/requests").asText()).isEqualTo("10/1m");
        assertThat(edit(made, "{\"limits\":null}").at("/limits/requests").isNull())
                .isTrue();
    }

    // row 46
    @Test
    void disabled_and_expired_keys_are_refused_each_in_its_own_words() throws Exception {
        JsonNode made = create(named(name));
        String key = made.path("key").asText();
        assertThat(status(key)).isEqualTo(200);
        stub.requests().clear();

        edit(made, "{\"enabled\":false}");
        awaitCode(key, "api_key_disabled");
        edit(made, "{\"enabled\":true,\"expires_at\":\"2020-01-31\"}");
        awaitCode(key, "api_key_expired");
        assertThat(get(made).path("state").asText()).isEqualTo("expired");
        edit(made, "{\"expires_at\":null}");
        awaitCode(key, "");
    }

    // row 46
    @Test
    void an_activation_key_begins_with_its_first_use_and_expires_by_its_time() throws Exception {
        JsonNode made = create(named(name).put("expires_after", "2s"));
        String key = made.path("key").asText();
        assertThat(get(made).path("activated_at").isNull()).isTrue();
        assertThat(get(made).path("expires_at").isNull()).isTrue();

        Instant before = Instant.now();
        assertThat(status(key)).isEqualTo(200);

        await().atMost(Duration.ofSeconds(1))
                .until(() -> !get(made).path("activated_at").isNull());
        JsonNode active = get(made);
        Instant activated = Instant.parse(active.path("activated_at").asText());
        assertThat(activated).isBetween(before, Instant.now());
        assertThat(Instant.parse(active.path("expires_at").asText())).isEqualTo(activated.plusSeconds(2));
        assertThat(status(key)).isEqualTo(200);
        await().atMost(Duration.ofSeconds(4)).until(() -> code(key).equals("api_key_expired"));
        assertThat(Instant.now()).isAfter(activated.plusSeconds(2));
        assertThat(get(made).path("activated_at")).isEqualTo(active.path("activated_at"));
    }

    // row 47
    @ParameterizedTest
    @ValueSource(strings = {CHAT, "/v1/responses", "/v1/embeddings", "/v1/messages", "/v1/messages/count_tokens"})
    void a_model_that_the_key_may_not_use_is_refused_everywhere_alike(String path) throws Exception {
        String key = key(named(name).set("allowed_models", JSON.readTree("[\"gpt-4o*\",\"claude-*-haiku\"]")));

        assertThat(ask(key, path, "{\"model\":\"gpt-4o-mini\"}").statusCode()).isEqualTo(200);
        assertThat(ask(key, path, "{\"model\":\"Claude-3-Haiku\"}").statusCode())
                .isEqualTo(200);
        stub.requests().clear();
        HttpResponse<String> other = ask(key, path, "{\"model\":\"gpt-5\"}");
        HttpResponse<String> none = ask(key, path, "{\"n\":1}");
        HttpResponse<String> unread = gateway.postAs(key, path, "{\"model\":\"gpt-5\"}", "Content-Encoding", "gzip")
                .join();

        for (HttpResponse<String> refused : List.of(other, none, unread)) {
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("\"allowedModels\":[\"gpt-4o*\",\"claude-*-haiku\"]");
        }
        assertThat(unread.body()).contains("uncompressed");
        assertThat(stub.requests()).isEmpty();
    }

    // row 47
    @Test
    void a_key_of_certain_models_may_not_go_where_models_are_not_read() throws Exception {
        String key = key(named(name).set("allowed_models", JSON.readTree("[\"gpt-4o*\"]")));

        assertThat(ask(key, "/v1/completions", "{\"model\":\"gpt-5\"}").statusCode())
                .isEqualTo(403);
        assertThat(ask(key, "/any/path", "{}").statusCode()).isEqualTo(403);
        assertThat(stub.requests()).isEmpty();
        try (RawClient client = gateway.connect()) {
            String head = " HTTP/1.1\r\nHost: x\r\nx-api-key: " + key + "\r\n\r\n";
            assertThat(client.send("GET /v1/models" + head).answer().status()).isEqualTo(200);
        }
    }

    // row 47
    @Test
    void a_client_that_the_key_may_not_be_used_by_is_refused() throws Exception {
        String key = key(named(name).set("allowed_clients", JSON.readTree("[\"claude-cli\",\"*Studio/2.\"]")));
        String body = "{\"model\":\"m\"}";

        for (String agent : List.of("claude-cli/1.0.57 (external, cli)", "Claude-CLI", "My Studio/2.4")) {
            assertThat(gateway.postAs(key, CHAT, body, "User-Agent", agent)
                            .join()
                            .statusCode())
                    .as(agent)
                    .isEqualTo(200);
        }
        stub.requests().clear();
        HttpResponse<String> refused =
                gateway.postAs(key, CHAT, body, "User-Agent", "curl/8.5").join();
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(JSON.readTree(refused.body()).at("/error/code").asText()).isEqualTo("client_not_allowed");
        assertThat(JSON.readTree(refused.body()).at("/error/allowedClients").toString())
                .isEqualTo("[\"claude-cli\",\"*Studio/2.\"]");
        assertThat(JSON.readTree(refused.body()).at("/error/userAgent").asText())
                .isEqualTo("curl/8.5");
        assertThat(stub.requests()).isEmpty();
        assertThat(gateway.postAs(key, "/v1/messages/count_tokens", body, "User-Agent", "curl/8.5")
                        .join()
                        .statusCode())
                .as("counting tokens is open to every client")
                .isEqualTo(200);
    }

    @Test
    void an_upstream_that_the_key_may_not_use_is_not_asked() throws Exception {
        JsonNode made = create(named(name).set("allowed_upstreams", JSON.readTree("[\"openai\"]")));
        String key = made.path("key").asText();

        HttpResponse<String> refused = ask(key, CHAT, "{\"model\":\"m\"}");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("upstream_not_allowed");
        assertThat(stub.requests()).isEmpty();

        edit(made, "{\"allowed_upstreams\":[\"openai\",\"target\"]}");
        awaitCode(key, "");
    }

    // row 49
    @Test
    void a_deleted_key_is_refused_listed_restored_and_purged() throws Exception {
        JsonNode made = create(named(name));
        String key = made.path("key").asText();
        String path = "/api/keys/" + made.path("id").asText();
        assertThat(status(key)).isEqualTo(200);
        assertThat(gateway.admin("DELETE", path + "/purge", "").body()).contains("invalid_state");

        assertThat(gateway.admin("DELETE", path, "").statusCode()).isEqualTo(200);
        awaitCode(key, "api_key_deleted");
        assertThat(names("")).doesNotContain(name);
        assertThat(names("?state=deleted")).contains(name);
        assertThat(names("?state=all")).contains(name);
        assertThat(gateway.admin("PATCH", path, "{\"enabled\":true}").statusCode())
                .isEqualTo(400);

        assertThat(gateway.admin("POST", path + "/restore", "{\"owner\":\"Ana\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(gateway.admin("POST", path + "/restore", "").statusCode()).isEqualTo(200);
        awaitCode(key, "");
        assertThat(names("?state=active")).contains(name);

        gateway.admin("DELETE", path, "");
        assertThat(gateway.admin("DELETE", path + "/purge", "").statusCode()).isEqualTo(200);
        awaitCode(key, "invalid_api_key");
        assertThat(gateway.admin("GET", path, "").statusCode()).isEqualTo(404);
        assertThat(tableText()).doesNotContain(name);
    }

    // row 49
    @Test
    void the_name_of_a_deleted_key_can_be_given_again_and_then_bars_its_restoration() throws Exception {
        JsonNode made = create(named(name));
        String path = "/api/keys/" + made.path("id").asText();
        gateway.admin("DELETE", path, "");
        create(named(name));

        HttpResponse<String> restored = gateway.admin("POST", path + "/restore", "");

        assertThat(restored.statusCode()).isEqualTo(400);
        assertThat(error(restored, "code")).isEqualTo("duplicate_name");
        assertThat(error(restored, "field")).isEqualTo("name");
        assertThat(get(made).path("state").asText()).isEqualTo("deleted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits.concurrency | {'limits':{'concurrency':-1}}",
                "limits.concurrency | {'limits':{'concurrency':1000001}}",
                "limits.concurrency | {'limits':{'concurrency':99999999999999999999}}",
                "limits.concurrency | {'limits':{'concurrency':'5'}}",
                "limits.concurrency | {'limits':{'concurrency':1.5}}",
                "limits.requests | {'limits':{'requests':'-1/1m'}}",
                "limits.requests | {'limits':{'requests':'10/1y'}}",
                "limits.requests | {'limits':{'requests':'10/500ms'}}",
                "limits.requests | {'limits':{'requests':'10/367d'}}",
                "limits.requests | {'limits':{'requests':'10'}}",
                "limits.requests | {'limits':{'requests':10}}",
                "limits.tokens | {'limits':{'tokens':'1000000000001/1m'}}",
                "limits.tokens_per_minute | {'limits':{'tokens_per_minute':-5}}",
                "limits.budget_daily | {'limits':{'budget_daily':'-0.01'}}",
                "limits.budget_daily | {'limits':{'budget_daily':'1000000.01'}}",
                "limits.budget_weekly | {'limits':{'budget_weekly':'five'}}",
                "limits.budget_total | {'limits':{'budget_total':'1e999999999'}}",
                "limits.budget_total | {'limits':{'budget_total':'0.0000000001'}}",
                "limits.budget_total | {'limits':{'budget_total':true}}",
                "limits.queue.size | {'limits':{'queue':{'size':10001}}}",
                "limits.queue.timeout | {'limits':{'queue':{'size':1,'timeout':'11m'}}}",
                "limits.queue.colour | {'limits':{'queue':{'colour':1}}}",
                "limits.queue | {'limits':{'queue':5}}",
                "limits.queue.size | {'limits':{'queue':{'timeout':'2s'}}}",
                "limits.requests | {'limits':{'requests':'0/1m'}}",
                "limits.concurrency | {'limits':{'concurrency':1e9}}",
                "limits.rpm | {'limits':{'rpm':5}}",
                "limits | {'limits':[]}",
                "priority | {'priority':10}",
                "priority | {'priority':'5'}",
                "enabled | {'enabled':'yes'}",
                "tags | {'tags':'a'}",
                "tags | {'tags':['a',1]}",
                "tags | {'tags':['a;drop table api_key']}",
                "allowed_models | {'allowed_models':['']}",
                "allowed_models | {'allowed_models':{}}",
                "expires_at | {'expires_at':'31.01.2027'}",
                "expires_at | {'expires_at':'+99999-01-31T00:00:00Z'}",
                "expires_at | {'expires_at':5}",
                "expires_after | {'expires_after':'0'}",
                "expires_after | {'expires_after':'999999999999d'}",
                "expires_after | {'expires_after':'1h','expires_at':'2031-01-31'}",
                "name | {'name':''}",
                "name | {'name':null}",
                "name | {'name':5}",
                "description | {'description':5}",
                "owner | {'owner':'\\u0000'}",
                "color | {'color':1}",
                "key | {'key':'mh_mine'}",
                "id | {'id':'5'}",
                "state | {'state':'active'}"
            })
    void what_cannot_be_is_refused_by_its_name_and_changes_nothing(String field, String body) throws Exception {
        JsonNode made = create(named(name));
        String before = tableText();
        String json = body.replace('\'', '"');

        HttpResponse<String> edited = gateway.admin("PATCH", path(made), json);
        ObjectNode another = named(name + " 2");
        another.setAll((ObjectNode) JSON.readTree(json));
        HttpResponse<String> created = gateway.admin("POST", "/api/keys", another.toString());

        for (HttpResponse<String> answer : List.of(edited, created)) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(error(answer, "field")).isEqualTo(field);
            assertThat(error(answer, "code")).isIn("invalid_value", "unknown_field");
            assertThat(error(answer, "message")).contains(field);
        }
        assertThat(tableText()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x'; drop table api_key; --",
                "\"quoted\"",
                "a;b",
                "line\nfeed",
                "nul\u0000",
                "back\\slash",
                "$1",
                "per%cent",
                "<b>",
                "\ud83d\udc2a"
            })
    void sql_and_other_oddities_in_a_name_are_refused(String odd) throws Exception {
        String before = tableText();

        HttpResponse<String> answer =
                gateway.admin("POST", "/api/keys", named(odd).toString());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer, "field")).isEqualTo("name");
        assertThat(tableText()).isEqualTo(before);
    }

    @Test
    void a_name_of_any_script_up_to_100_characters_is_taken() throws Exception {
        for (String good : List.of("Größe №1".replace("№", "#"), "मेहरी", "команда/A+B:2 (ci) & co, x@y.z-1_")) {
            assertThat(create(named(good)).path("name").asText()).isEqualTo(good);
        }
        String longest = (name + "x".repeat(100)).substring(0, 100);
        assertThat(create(named(longest)).path("name").asText()).isEqualTo(longest);
        assertThat(gateway.admin("POST", "/api/keys", named(longest + "x").toString())
                        .statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "5", "null", "{", "{\"name\":\"a\"}{}", "{\"name\":\"a\",\"name\":\"b\"}"})
    void what_is_no_json_object_is_refused(String body) throws Exception {
        String before = tableText();

        assertThat(error(gateway.admin("POST", "/api/keys", body), "code")).isIn("invalid_body");
        assertThat(tableText()).isEqualTo(before);
    }

    @Test
    void a_body_too_long_is_refused() throws Exception {
        HttpResponse<String> answer = gateway.admin(
                "POST",
                "/api/keys",
                named(name).put("description", "x".repeat(70_000)).toString());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer, "code")).isEqualTo("invalid_body");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, ''",
        "PATCH, ''",
        "DELETE, ''",
        "POST, /restore",
        "DELETE, /purge",
    })
    void an_id_that_there_is_not_is_404_and_one_that_is_none_400(String method, String action) throws Exception {
        String body = method.equals("PATCH") ? "{\"priority\":1}" : "";

        HttpResponse<String> unknown = gateway.admin(method, "/api/keys/999999999" + action, body);
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(error(unknown, "code")).isEqualTo("unknown_key");
        assertThat(error(unknown, "field")).isEqualTo("id");
        for (String malformed : List.of("abc", "-1", "1.5", "1%20or%201=1", "99999999999999999999999")) {
            HttpResponse<String> answer = gateway.admin(method, "/api/keys/" + malformed + action, body);
            assertThat(answer.statusCode()).as(malformed).isEqualTo(400);
            assertThat(error(answer, "field")).isEqualTo("id");
        }
        assertThat(error(gateway.admin("GET", "/api/keys?state=gone", ""), "field"))
                .isEqualTo("state");
    }

    @Test
    void of_many_who_take_one_name_at_once_one_wins() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> admin("POST", "/api/keys", named(name).toString())))
                .toList();
        List<HttpResponse<String>> answers =
                sent.stream().map(CompletableFuture::join).toList();

        assertThat(answers.stream().filter(answer -> answer.statusCode() == 201))
                .hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 400))
                .hasSize(15)
                .allSatisfy(answer -> assertThat(error(answer, "code")).isEqualTo("duplicate_name"));
        assertThat(names("")).containsOnlyOnce(name);
    }

    @Test
    void nobody_gets_in_without_the_admin_token() throws Exception {
        // row 54
        String before = tableText();
        try (RawClient client = RawClient.connect(gateway.adminPort())) {
            for (String line : List.of("GET /api/keys", "POST /api/keys", "PATCH /api/keys/1", "DELETE /api/keys/1")) {
                String body = "{\"name\":\"sneaked in\"}";
                assertThat(client.send(line + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                        + body)
                                .answer()
                                .status())
                        .as(line)
                        .isEqualTo(401);
            }
        }
        assertThat(tableText()).isEqualTo(before);
    }

    private static ObjectNode named(String name) {
        return JSON.createObjectNode().put("name", name);
    }

    private static JsonNode create(JsonNode body) throws Exception {
        HttpResponse<String> made = gateway.admin("POST", "/api/keys", body.toString());
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return JSON.readTree(made.body());
    }

    private static String key(JsonNode body) throws Exception {
        return create(body).path("key").asText();
    }

    private static String path(JsonNode key) {
        return "/api/keys/" + key.path("id").asText();
    }

    private static JsonNode get(JsonNode key) throws Exception {
        return JSON.readTree(gateway.admin("GET", path(key), "").body());
    }

    private static JsonNode edit(JsonNode key, String changes) throws Exception {
        HttpResponse<String> edited = gateway.admin("PATCH", path(key), changes);
        assertThat(edited.statusCode()).as(edited.body()).isEqualTo(200);
        return JSON.readTree(edited.body());
    }

    private static HttpResponse<String> admin(String method, String path, String body) {
        try {
            return gateway.admin(method, path, body);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static List<String> names(String query) throws Exception {
        List<String> names = new ArrayList<>();
        JSON.readTree(gateway.admin("GET", "/api/keys" + query, "").body())
                .path("keys")
                .forEach(key -> names.add(key.path("name").asText()));
        return names;
    }

    private static HttpResponse<String> ask(String key, String path, String body) {
        return gateway.postAs(key, path, body).join();
    }

    private static int status(String key) {
        return ask(key, "/call", "{}").statusCode();
    }

    /** The code of the refusal that the key gets; empty when it is served. */
    private static String code(String key) throws Exception {
        return error(ask(key, "/call", "{}"), "code");
    }

    private static void awaitCode(String key, String code) {
        await(String.format(Locale.ROOT, "%s within a second", code))
                .atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> code(key).equals(code));
    }

    private static String error(HttpResponse<String> answer, String field) throws Exception {
        return JSON.readTree(answer.body()).path("error").path(field).asText();
    }

    private static String tableText() throws Exception {
        return database.text("select string_agg(api_key::text, chr(10) order by id) from api_key");
    }
}
