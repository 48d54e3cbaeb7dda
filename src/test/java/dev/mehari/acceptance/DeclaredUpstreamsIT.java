package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.config.ConfigurationException;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that declares upstreams, from start to start. */
class DeclaredUpstreamsIT {
    private static final String BY_HAND =
            "insert into upstream (name, dialect, base_url, priority) values ('by-hand', 'openai', '%s', 90)";

    private static TestDatabase database;
    private static StubUpstream declaredStub;
    private static StubUpstream handStub;

    @TempDir
    private Path folder;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        declaredStub = StubUpstream.answering((request, reply) -> reply.json(200, "{\"who\":\"declared\"}"));
        handStub = StubUpstream.answering((request, reply) -> reply.json(200, "{\"who\":\"by hand\"}"));
        database.execute(BY_HAND.formatted(url(handStub)));
    }

    @AfterAll
    static void close() {
        handStub.close();
        declaredStub.close();
        database.close();
    }

    @Test
    void is_applied_at_every_start_and_takes_back_only_what_it_brought() throws Exception {
        Path file =
                file("upstreams:\n  - name: declared\n    dialect: openai\n    base_url: " + url(declaredStub) + "\n");
        try (TestGateway gateway = start(file)) {
            assertThat(ask(gateway)).contains("declared");
            assertThat(gateway.admin("GET", "/api/upstreams/declared", "").body())
                    .contains("\"declared\":true");
            gateway.admin("PATCH", "/api/upstreams/declared", "{\"priority\":95}");
        }
        try (TestGateway gateway = start(file)) {
            assertThat(ask(gateway)).contains("declared");
        }
        file("upstreams: []\n");
        try (TestGateway gateway = start(file)) {
            assertThat(ask(gateway)).contains("by hand");
            assertThat(gateway.admin("GET", "/api/upstreams/declared", "").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void refuses_the_start_when_it_is_wrong_and_changes_nothing() throws Exception {
        String before = all();
        Path file = file("""
                upstreams:
                  - {name: good, dialect: openai, base_url: http://h}
                  - name: bad
                    colour: red
                    base_url: http://${ABSENT_HOST}
                """);

        assertThatThrownBy(() -> start(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("3 problems")
                .hasMessageContaining("line 3: dialect: must be given")
                .hasMessageContaining("line 4: colour")
                .hasMessageContaining("line 5: the environment variable ABSENT_HOST is not set");
        assertThat(all()).isEqualTo(before);
    }

    private static String all() {
        return database.text("select string_agg(upstream::text, ' ' order by id) from upstream");
    }

    private Path file(String text) throws Exception {
        return Files.writeString(folder.resolve("u.yaml"), text);
    }

    private static TestGateway start(Path file) throws Exception {
        return TestGateway.simulated(database, "mehari.upstreams.yaml", file.toString());
    }

    private static String ask(TestGateway gateway) {
        return gateway.post("/v1/chat/completions", "{\"model\":\"m\"}").join().body();
    }

    private static String url(StubUpstream stub) {
        return "http://127.0.0.1:" + stub.port();
    }
}
