package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.cli.Mehari;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys through the command line, on two processes that share a PostgreSQL. */
class KeysOnTwoInstancesIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static TestDatabase database;
    private static StubUpstream stub;
    private static MehariProcess here;
    private static MehariProcess there;

    private record Ran(int code, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.respondingWith(200);
        here = instance("here");
        there = instance("there");
        here.awaitReady();
        there.awaitReady();
    }

    @AfterAll
    static void close() {
        there.close();
        here.close();
        stub.close();
        database.close();
    }

    private static MehariProcess instance(String name) throws IOException {
        return MehariProcess.start(
                Map.of("MEHARI_CREDENTIALS_MASTER_KEY", "a master key that both instances have"),
                "run",
                "--port",
                "0",
                "--admin-port",
                "0",
                "--data-dir",
                folder.resolve(name).toString(),
                "--db-url",
                database.url(),
                "--target-host",
                "127.0.0.1",
                "--target-port",
                Integer.toString(stub.port()));
    }

    // row 45
    @Test
    void a_key_made_on_one_is_good_on_both_and_a_change_is_in_force_on_both_within_a_second() throws Exception {
        try (MehariProcess create = MehariProcess.start(
                Map.of(),
                "keys",
                "create",
                "--name",
                "ana",
                "--concurrency",
                "2",
                "--json",
                "--admin-url",
                here.adminUrl().toString(),
                "--data-dir",
                folder.resolve("here").toString())) {
            assertThat(create.exitCode()).as(create.text()).isZero();
            JsonNode made = JSON.readTree(String.join("\n", create.output()));
            String key = made.path("key").asText();
            assertThat(made.path("id").asText()).matches("\\d+");
            assertThat(key).matches("mh_[0-9a-f]{64}");
            assertThat(database.text("select string_agg(api_key::text, ' ') from api_key"))
                    .doesNotContain(key.substring(12));
            awaitOnBoth(key, 200);

            keysHere("disable", "ana");
            awaitOnBoth(key, 401);
            keysThere("enable", "ana");
            awaitOnBoth(key, 200);
            keysThere("edit", "ana", "--models", "gpt-4o*", "--concurrency", "1");
            awaitOnBoth(key, 403);
            keysHere("edit", "ana", "--models", "");
            awaitOnBoth(key, 200);
            assertThat(JSON.readTree(keysHere("show", "ana", "--json").out())
                            .at("/limits/concurrency")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    // row 49
    @Test
    void a_key_is_deleted_restored_and_purged() throws Exception {
        String key = made("bo");
        awaitOnBoth(key, 200);

        assertThat(keysHere("delete", "bo").out()).contains("deleted").contains("restore");
        awaitOnBoth(key, 401);
        assertThat(keysThere("list").out()).doesNotContain("bo");
        assertThat(keysThere("list", "--state", "deleted").out()).containsPattern("\\d+ +bo +mh_.+ deleted");
        keysThere("restore", "bo");
        awaitOnBoth(key, 200);
        keysHere("delete", "bo");
        assertThat(keysThere("purge", "bo").out()).contains("for good");
        awaitOnBoth(key, 401);
        assertThat(database.text("select count(*) from api_key where name = 'bo'"))
                .isEqualTo("0");
        assertThat(run(here, "here", "show", "bo").code()).isEqualTo(2);
    }

    // row 46
    @Test
    void the_first_use_on_one_is_the_first_for_both() throws Exception {
        String key = made("cy", "--expires-after", "2s");

        assertThat(status(here, key)).isEqualTo(200);
        await().atMost(Duration.ofSeconds(1))
                .until(() -> database.text("select activated_at is not null from api_key where name = 'cy'")
                        .equals("t"));
        String activated = database.text("select activated_at from api_key where name = 'cy'");

        await().atMost(Duration.ofSeconds(4)).until(() -> status(there, key) == 401);
        awaitOnBoth(key, 401);
        assertThat(database.text("select activated_at from api_key where name = 'cy'"))
                .isEqualTo(activated);
    }

    @Test
    void what_is_to_be_captured_is_set_on_one_and_captured_on_the_other_within_a_second() throws Exception {
        String key = made("gil");
        awaitOnBoth(key, 200);
        assertThat(database.number("select count(*) from captured_call")).isZero();

        keysHere("edit", "gil", "--capture", "all", "--capture-for", "1h");

        await().atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    assertThat(status(there, key)).isEqualTo(200);
                    return database.number("select count(*) from captured_call") > 0;
                });
    }

    @Test
    void after_a_lost_listener_changes_are_in_force_again_without_a_restart() throws Exception {
        String key = made("di");
        awaitOnBoth(key, 200);

        database.execute("update api_key set enabled = false where name = 'di';"
                + " select pg_terminate_backend(pid) from pg_stat_activity"
                + " where application_name = 'mehari-listen'");
        await().atMost(Duration.ofSeconds(3)).until(() -> status(here, key) == 401 && status(there, key) == 401);

        database.execute("update api_key set enabled = true where name = 'di'");
        awaitOnBoth(key, 200);
    }

    @Test
    void of_two_who_take_a_name_on_different_instances_one_wins() {
        List<Ran> ran = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> i % 2 == 0
                        ? run(here, "here", "create", "--name", "eve")
                        : run(there, "there", "create", "--name", "eve")))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();

        assertThat(ran.stream().filter(one -> one.code() == 0)).hasSize(1);
        assertThat(ran.stream().filter(one -> one.code() == 2))
                .hasSize(7)
                .allSatisfy(one -> assertThat(one.err()).contains("eve"));
    }

    @Test
    void wrong_options_say_which_and_change_nothing() throws Exception {
        made("flo", "--concurrency", "3");
        String before = database.text("select string_agg(api_key::text, ' ' order by id) from api_key");

        assertThat(run(here, "here", "edit", "flo", "--concurrency", "-1"))
                .satisfies(ran -> assertThat(ran.code()).isEqualTo(2))
                .satisfies(ran -> assertThat(ran.err()).contains("limits.concurrency"));
        assertThat(run(here, "here", "edit", "flo", "--requests", "many").err()).contains("limits.requests");
        assertThat(run(here, "here", "edit", "flo", "--concurrency", "two").code())
                .isEqualTo(2);
        assertThat(run(here, "here", "edit", "flo").code()).isEqualTo(2);
        assertThat(run(here, "here", "create", "--name", "x'; drop table api_key")
                        .err())
                .contains("name");
        assertThat(run(here, "here", "delete", "nobody").code()).isEqualTo(2);
        assertThat(database.text("select string_agg(api_key::text, ' ' order by id) from api_key"))
                .isEqualTo(before);
    }

    private static String made(String name, String... options) throws Exception {
        List<String> args = new ArrayList<>(List.of("create", "--name", name, "--json"));
        args.addAll(List.of(options));
        return JSON.readTree(keysHere(args.toArray(String[]::new)).out())
                .path("key")
                .asText();
    }

    private static Ran keysHere(String... args) {
        return expectDone(run(here, "here", args));
    }

    private static Ran keysThere(String... args) {
        return expectDone(run(there, "there", args));
    }

    private static Ran expectDone(Ran ran) {
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran;
    }

    private static Ran run(MehariProcess instance, String name, String... args) {
        List<String> all = new ArrayList<>(List.of("keys"));
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

    private static int status(MehariProcess instance, String key) throws IOException {
        try (RawClient client = RawClient.connect(instance.url().getPort())) {
            return client.post("/v1/responses", "{\"model\":\"m\"}", "Authorization", "Bearer " + key)
                    .answer()
                    .status();
        }
    }

    private static void awaitOnBoth(String key, int status) {
        await(status + " on both")
                .atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> status(here, key) == status && status(there, key) == status);
    }
}
