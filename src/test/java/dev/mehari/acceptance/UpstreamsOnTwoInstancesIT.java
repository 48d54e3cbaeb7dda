package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.cli.Mehari;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Upstreams through the command line and the declarative file, on two processes that share a PostgreSQL. */
class UpstreamsOnTwoInstancesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DECLARED =
            "upstreams:\n  - {name: declared, dialect: openai, base_url: \"${DECLARED_URL}\", priority: 60}\n";

    @TempDir
    private static Path folder;

    private static TestDatabase database;
    private static StubUpstream first;
    private static StubUpstream second;
    private static MehariProcess here;
    private static MehariProcess there;
    private static String key;

    private record Ran(int code, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        key = database.newKey("test", 5);
        first = StubUpstream.answering((request, reply) -> reply.json(200, "{\"who\":\"first\"}"));
        second = StubUpstream.answering((request, reply) -> reply.json(200, "{\"who\":\"second\"}"));
        Path file = Files.writeString(folder.resolve("upstreams.yaml"), DECLARED);
        here = instance("here", file);
        there = instance("there", file);
        here.awaitReady();
        there.awaitReady();
    }

    @AfterAll
    static void close() {
        there.close();
        here.close();
        second.close();
        first.close();
        database.close();
    }

    @BeforeEach
    void onlyTheDeclaredOne() {
        database.execute("delete from upstream where not declared");
    }

    private static MehariProcess instance(String name, Path file) throws IOException {
        return MehariProcess.start(
                Map.of("MEHARI_UPSTREAMS_YAML", file.toString(), "DECLARED_URL", "http://127.0.0.1:" + first.port()),
                "run",
                "--port",
                "0",
                "--admin-port",
                "0",
                "--data-dir",
                folder.resolve(name).toString(),
                "--db-url",
                database.url());
    }

    @Test
    void both_have_applied_the_file_once() throws Exception {
        assertThat(database.query("select name || ' ' || declared from upstream"))
                .containsExactly("declared true");
        assertThat(here.output()).anyMatch(line -> line.contains("Upstream:") && line.contains("declared (http://"));
        awaitOnBoth("first");
    }

    @Test
    void a_change_on_one_is_in_force_on_both_within_a_second() throws Exception {
        String url = "http://127.0.0.1:" + second.port();
        expectDone(run(here, "here", "add", "mine", "--dialect", "openai", "--base-url", url, "--priority", "10"));
        awaitOnBoth("second");
        expectDone(run(there, "there", "disable", "mine"));
        awaitOnBoth("first");
        expectDone(run(here, "here", "enable", "mine"));
        awaitOnBoth("second");
        expectDone(run(there, "there", "edit", "mine", "--priority", "90", "--alias", "m=vendor/m", "--probe", "30s"));
        awaitOnBoth("first");
        assertThat(JSON.readTree(expectDone(run(here, "here", "show", "mine", "--json"))
                                .out())
                        .at("/aliases/m")
                        .asText())
                .isEqualTo("vendor/m");
        assertThat(expectDone(run(here, "here", "list")).out())
                .containsPattern("declared +openai +usable +60")
                .containsPattern("mine +openai +usable +90");
        database.execute("insert into upstream_event (upstream, what, detail) values ('mine', 'failed', 'no answer')");
        assertThat(expectDone(run(there, "there", "events", "--upstream", "mine"))
                        .out())
                .containsPattern("mine +- +failed +no answer");
        expectDone(run(here, "here", "remove", "mine"));
        assertThat(run(there, "there", "show", "mine"))
                .satisfies(ran -> assertThat(ran.code()).isEqualTo(2))
                .satisfies(ran -> assertThat(ran.err()).contains("no stored upstream"));
    }

    @Test
    void wrong_options_say_which_and_change_nothing() {
        assertThat(run(here, "here", "edit", "declared", "--priority", "0").err())
                .contains("priority");
        assertThat(run(here, "here", "edit", "declared").code()).isEqualTo(2);
        assertThat(run(here, "here", "add", "x", "--dialect", "openai").err()).contains("--base-url");
        assertThat(run(here, "here", "add", "x", "--dialect", "soap", "--base-url", "http://h")
                        .err())
                .contains("dialect");
        assertThat(run(here, "here", "edit", "declared", "--alias", "m").code()).isEqualTo(2);
        assertThat(run(here, "here", "edit", "declared", "--tls-authority", "/nowhere")
                        .err())
                .contains("--tls-authority");
        assertThat(database.query("select name || ' ' || priority from upstream"))
                .containsExactly("declared 60");
    }

    @Test
    void a_wrong_file_refuses_the_start_with_all_problems_and_no_secret() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.yaml"), """
                upstreams:
                  - name: declared
                    colour: red
                    credentials:
                      - {name: c, secret: "${SECRET}\\n", weight: 0}
                """);
        try (MehariProcess refused = MehariProcess.start(
                Map.of("MEHARI_UPSTREAMS_YAML", wrong.toString(), "SECRET", "sk-not-to-be-seen"),
                "run",
                "--port",
                "0",
                "--admin-port",
                "0",
                "--data-dir",
                folder.resolve("refused").toString(),
                "--db-url",
                database.url())) {
            assertThat(refused.exitCode()).as(refused.text()).isEqualTo(2);
            assertThat(refused.text())
                    .contains("line 3: colour", "line 2: base_url: must be given", "line 5: weight")
                    .doesNotContain("sk-not-to-be-seen");
        }
        assertThat(database.query("select name || ' ' || priority from upstream"))
                .containsExactly("declared 60");
    }

    private static Ran expectDone(Ran ran) {
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran;
    }

    private static Ran run(MehariProcess instance, String name, String... args) {
        List<String> all = new ArrayList<>(List.of("upstreams"));
        all.addAll(List.of(args));
        all.addAll(List.of(
                "--admin-url",
                instance.adminUrl().toString(),
                "--data-dir",
                folder.resolve(name).toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Mehari.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        return new Ran(code, out.toString(), err.toString());
    }

    private static String ask(MehariProcess instance) throws IOException {
        try (RawClient client = RawClient.connect(instance.url().getPort())) {
            return client.post("/v1/chat/completions", "{\"model\":\"m\"}", "Authorization", "Bearer " + key)
                    .answer()
                    .body();
        }
    }

    private static void awaitOnBoth(String who) {
        await(who + " on both")
                .atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> ask(here).contains(who) && ask(there).contains(who));
    }
}
