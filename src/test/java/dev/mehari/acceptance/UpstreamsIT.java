package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stored upstreams through the whole gateway: administered over the management port, chosen for calls on the data port. */
class UpstreamsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final String SIMULATED = "'messages' must be an array";

    private static TestDatabase database;

    private static StubUpstream first;
    private static StubUpstream second;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        first = StubUpstream.respondingWith(200);
        second = StubUpstream.respondingWith(200);
        gateway = TestGateway.simulated(database);
    }

    @AfterAll
    static void close() {
        gateway.close();
        second.close();
        first.close();
        database.close();
    }

    @BeforeEach
    void empty() {
        database.execute("truncate upstream, upstream_event cascade; truncate usage_by_day, model_price");
        first.answer((request, reply) -> reply.json(200, "{\"who\":\"first\"}"));
        second.answer((request, reply) -> reply.json(200, "{\"who\":\"second\"}"));
        await().atMost(Duration.ofSeconds(5)).until(() -> ask("m").contains(SIMULATED));
        first.requests().clear();
        second.requests().clear();
    }

    @Test
    void an_upstream_takes_calls_from_when_it_is_added_until_it_is_removed() throws Exception {
        assertThat(ask("m")).contains(SIMULATED);

        JsonNode made = add("first", first, "\"priority\":10");
        assertThat(made.path("state").asText()).isEqualTo("usable");
        soon(() -> ask("m").contains("first"));
        add("second", second, "\"priority\":5");
        soon(() -> ask("m").contains("second"));
        change("second", "{\"enabled\":false}");
        soon(() -> ask("m").contains("first"));
        change("second", "{\"enabled\":null,\"priority\":20}");
        assertThat(ask("m")).contains("first");
        expect(200, gateway.admin("DELETE", "/api/upstreams/first", ""));
        soon(() -> ask("m").contains("second"));
        expect(200, gateway.admin("DELETE", "/api/upstreams/second", ""));
        soon(() -> ask("m").contains(SIMULATED));
    }

    // row 32
    @Test
    void the_key_the_model_and_the_priority_decide() throws Exception {
        add("first", first, "\"priority\":10,\"models\":[\"gpt-*\"]");
        add("second", second, "\"priority\":20,\"models\":[\"own\",\"gpt-x\"]");
        soon(() -> ask("gpt-x").contains("first"));

        assertThat(ask("own")).contains("second");
        assertThat(ask("gpt-y")).contains("first");
        HttpResponse<String> unknown = post(gateway, "other");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(unknown.body()).at("/error/code").asText()).isEqualTo("model_not_found");
        assertThat(JSON.readTree(unknown.body()).at("/error/param").asText()).isEqualTo("model");
        assertThat(unknown.body()).contains("`other`");
        String bound = gateway.newKey("bound", 5);
        database.execute("update api_key set allowed_upstreams = '{second}' where key_hash = encode(sha256('" + bound
                + "'), 'hex')");
        soon(() -> gateway.postAs(bound, CHAT, body("gpt-x")).join().body().contains("second"));
        assertThat(gateway.postAs(bound, CHAT, body("gpt-y")).join().statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_model_that_nobody_serves_is_told_in_the_words_of_the_anthropic_api() throws Exception {
        expect(
                201,
                gateway.admin(
                        "POST",
                        "/api/upstreams",
                        "{\"name\":\"a\",\"dialect\":\"anthropic\",\"base_url\":\"http://127.0.0.1:1\",\"models\":[\"c\"]}"));
        soon(() -> gateway.post("/v1/messages", body("other")).join().statusCode() == 404);

        JsonNode error =
                JSON.readTree(gateway.post("/v1/messages", body("other")).join().body());
        assertThat(error.path("type").asText()).isEqualTo("error");
        assertThat(error.at("/error/type").asText()).isEqualTo("not_found_error");
        assertThat(error.at("/error/message").asText()).contains("`other`");
    }

    @Test
    void an_alias_is_put_into_the_body_and_nothing_else_is_changed() throws Exception {
        add("first", first, "\"aliases\":{\"fast\":\"vendor/gpt-é-\\\"1\\\"\"}");
        soon(() -> ask("m").contains("first"));
        String sent = "{ \"a\":[1.0, {\"model\":\"fast\"}],\n\t\"model\" : \"f\\u0061st\" , \"text\":\"漢 \\u00e9\" } ";

        HttpResponse<String> answer =
                gateway.post(CHAT, sent, "Idempotency-Key", "once").join();

        assertThat(answer.statusCode()).isEqualTo(200);
        StubUpstream.Request got = first.requests().get(first.requests().size() - 1);
        assertThat(got.text()).isEqualTo(sent.replace("\"f\\u0061st\"", "\"vendor/gpt-é-\\\"1\\\"\""));
        assertThat(got.headers().get("Content-Length")).isEqualTo(Integer.toString(got.body().length));
        assertThat(got.headers().get("Idempotency-Key")).isEqualTo("once");
    }

    @Test
    void a_compressed_body_is_refused_where_models_have_other_names() throws Exception {
        add("first", first, "\"aliases\":{\"fast\":\"slow\"}");
        soon(() -> ask("m").contains("first"));
        try (RawClient client = gateway.connect()) {
            var answer = client.post(
                            CHAT, "xxx", "Authorization", "Bearer " + gateway.key(), "Content-Encoding", "gzip")
                    .answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("compressed_body");
        }
    }

    @Test
    void a_stored_plain_upstream_opens_every_path() throws Exception {
        assertThat(gateway.get("/anything/else").join().statusCode()).isEqualTo(404);
        expect(
                201,
                gateway.admin(
                        "POST",
                        "/api/upstreams",
                        "{\"name\":\"first\",\"dialect\":\"plain\",\"base_url\":\"http://127.0.0.1:" + first.port()
                                + "/base\"}"));

        soon(() -> gateway.get("/anything/else").join().body().contains("first"));
        assertThat(first.requests())
                .last()
                .satisfies(got -> assertThat(got.uri()).isEqualTo("/base/anything/else"));
    }

    @Test
    void a_price_for_one_upstream_goes_before_that_of_the_model() throws Exception {
        String usage = "{\"usage\":{\"prompt_tokens\":1000000,\"completion_tokens\":0}}";
        first.answer((request, reply) -> reply.json(200, usage));
        second.answer((request, reply) -> reply.json(200, usage));
        database.execute("insert into model_price values ('*', 1, 1, 1, 1), ('first/m', 3, 3, 3, 3)");
        add("first", first, "\"models\":[\"m\"]");
        add("second", second, "\"models\":[\"n\"]");
        soon(() -> {
            post(gateway, "m");
            post(gateway, "n");
            return first.requests().size() > 0 && second.requests().size() > 0;
        });

        await().atMost(Duration.ofSeconds(5))
                .until(() -> database.query("select model from usage_by_day where cost > 0")
                                .size()
                        == 2);
        assertThat(database.query("select distinct model || ' ' || cost / (input_tokens / 1000000)"
                        + " from usage_by_day where input_tokens >= 1000000 order by 1"))
                .containsExactly("m 3000000000", "n 1000000000");
    }

    @Test
    void events_are_shown_and_a_wrong_filter_is_named() throws Exception {
        database.execute("insert into upstream_event (upstream, what, detail) values ('first', 'failed', 'no answer')");

        JsonNode events = JSON.readTree(
                gateway.admin("GET", "/api/events?upstream=first", "").body());
        assertThat(events.at("/events/0/what").asText()).isEqualTo("failed");
        assertThat(gateway.admin("GET", "/api/events?limit=0", "").statusCode()).isEqualTo(400);
        assertThat(gateway.admin("GET", "/api/events?limit=1001", "").statusCode())
                .isEqualTo(400);
        assertThat(gateway.admin("GET", "/api/events?other=1", "").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name | "Upper"
            name | ""
            name | "a b"
            name | null
            name | 5
            dialect | "soap"
            base_url | "ftp://h"
            base_url | "h:80"
            base_url | "http://u:p@h"
            base_url | "http://h?q=1"
            base_url | "http://h#f"
            base_url | "http://h:99999"
            base_url | "http://h:0"
            base_url | ""
            forward_proxy | "https://h:1"
            forward_proxy | "http://u@h:1"
            forward_proxy | "proxy"
            enabled | "yes"
            priority | 0
            priority | 101
            priority | 1.5
            priority | "5"
            weight | 0
            weight | 1001
            max_concurrent | -1
            models | "m"
            models | [""]
            models | [5]
            aliases | {"a":5}
            aliases | {"a":""}
            aliases | {"":"a"}
            aliases | {"a":"b\\u0000"}
            aliases | []
            choice | "random"
            rotation_calls | 0
            sticky | "31d"
            sticky | 5
            timeouts.idle | {"idle":"0"}
            timeouts.total | {"total":"2d"}
            timeouts.connect | {"connect":"soon"}
            timeouts.never | {"never":"1s"}
            tls.authority | {"authority":"no pem"}
            tls.authority | {"authority":"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"}
            tls.verify | {"verify":"no"}
            probe.interval | {"interval":"100ms"}
            probe.interval | {"model":"m"}
            probe.model | {"interval":"5s","model":""}
            probe | "30s"
            colour | "red"
            """)
    void bad_input_is_named_and_changes_nothing(String field, String value) throws Exception {
        add("first", first, "\"priority\":10");
        String before = database.text("select string_agg(upstream::text, ' ') from upstream");
        String top = field.contains(".") ? field.substring(0, field.indexOf('.')) : field;

        String sound = top.equals("weight") ? "" : "\"weight\":9,";
        HttpResponse<String> refused =
                gateway.admin("PATCH", "/api/upstreams/first", "{" + sound + "\"" + top + "\":" + value + "}");

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(JSON.readTree(refused.body()).at("/error/field").asText()).isEqualTo(field);
        assertThat(database.text("select string_agg(upstream::text, ' ') from upstream"))
                .isEqualTo(before);
    }

    @Test
    void what_is_needed_missing_or_taken_is_said() throws Exception {
        add("first", first, "\"priority\":10");

        assertThat(gateway.admin("POST", "/api/upstreams", "{\"dialect\":\"openai\",\"base_url\":\"http://h\"}")
                        .body())
                .contains("\"field\":\"name\"");
        assertThat(gateway.admin("POST", "/api/upstreams", "{\"name\":\"x\",\"base_url\":\"http://h\"}")
                        .body())
                .contains("\"field\":\"dialect\"");
        HttpResponse<String> taken = gateway.admin(
                "POST", "/api/upstreams", "{\"name\":\"first\",\"dialect\":\"openai\",\"base_url\":\"http://h\"}");
        assertThat(taken.statusCode()).isEqualTo(400);
        assertThat(taken.body()).contains("duplicate_name");
        for (String method : new String[] {"GET", "DELETE"}) {
            HttpResponse<String> absent = gateway.admin(method, "/api/upstreams/nobody", "");
            assertThat(absent.statusCode()).isEqualTo(404);
            assertThat(absent.body()).contains("unknown_upstream");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "404, GET, /api/upstreams/%00, ''",
        "404, GET, /api/upstreams/a%00b, ''",
        "404, PATCH, /api/upstreams/%00, {}",
        "404, DELETE, /api/upstreams/a%00b, ''",
        "404, POST, /api/breakers/a%00b/open, ''",
        "404, GET, /api/settings/a%00b, ''",
        "400, DELETE, /api/prices/a%00b, ''",
        "400, GET, /api/captured/a%00b, ''",
        "400, DELETE, /api/captured/a%00b, ''",
        "400, GET, /api/events?upstream=a%00b, ''",
        "400, GET, /api/audit?model=a%00b, ''",
        "400, GET, /api/audit/hours?upstream=a%00b, ''",
        "400, GET, /api/captured?request=a%00b, ''",
        "400, GET, /api/usage?model=a%00b, ''",
    })
    void what_holds_a_nul_is_nothing_that_is_kept(int status, String method, String path, String body)
            throws Exception {
        HttpResponse<String> answer = gateway.admin(method, path, body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    }

    private JsonNode add(String name, StubUpstream stub, String more) throws Exception {
        return expect(
                201,
                gateway.admin(
                        "POST",
                        "/api/upstreams",
                        "{\"name\":\"" + name + "\",\"dialect\":\"openai\",\"base_url\":\"http://127.0.0.1:"
                                + stub.port() + "\"," + more + "}"));
    }

    private JsonNode change(String name, String changes) throws Exception {
        return expect(200, gateway.admin("PATCH", "/api/upstreams/" + name, changes));
    }

    private static JsonNode expect(int status, HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    private static void soon(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(1))
                .until(condition);
    }

    private String ask(String model) throws Exception {
        return ask(gateway, model);
    }

    private static String ask(TestGateway on, String model) {
        return post(on, model).body();
    }

    private static HttpResponse<String> post(TestGateway on, String model) {
        return on.post(CHAT, body(model)).join();
    }

    private static String body(String model) {
        return "{\"model\":\"" + model + "\",\"messages\":[]}";
    }
}
