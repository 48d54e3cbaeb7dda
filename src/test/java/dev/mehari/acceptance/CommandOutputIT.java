package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands do whose output cannot be written, as processes. */
class CommandOutputIT {
    private static TestDatabase database;
    private static StubUpstream stub;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.respondingWith(200);
        gateway = TestGateway.to(stub, database);
        gateway.post("/call", "{}").join();
        await().until(() -> database.number("select count(*) from audit_event") == 1);
    }

    @AfterAll
    static void close() {
        gateway.close();
        stub.close();
        database.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "audit export",
                "audit search --csv",
                "audit tail",
                "audit verify --json",
                "usage --csv",
                "monitor --json",
                "stats"
            })
    void a_command_whose_output_does_not_fit_on_the_disk_fails(String command) throws Exception {
        try (MehariProcess process = run("exec \"$0\" \"$@\" > /dev/full", Map.of(), command)) {
            assertThat(process.exitCode()).as(process.text()).isEqualTo(1);
            assertThat(process.errors())
                    .containsExactly("mehari: The output could not be written: No space left on device");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit tail --json", "monitor --json", "monitor"})
    void a_command_that_follows_ends_without_a_word_when_its_reader_has_left(String command) throws Exception {
        try (MehariProcess process = run("exec \"$0\" \"$@\" > >(head -1)", Map.of(), command)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                gateway.post("/call", "{}").join();
                return !process.isAlive();
            });
            assertThat(process.exitCode()).as(process.text()).isEqualTo(141);
            assertThat(process.output()).hasSize(1);
            assertThat(process.errors()).isEmpty();
        }
    }

    @Test
    void help_that_cannot_be_written_fails() throws Exception {
        try (MehariProcess process = MehariProcess.startBy("exec \"$0\" \"$@\" > /dev/full", Map.of(), "--help")) {
            assertThat(process.exitCode()).as(process.text()).isEqualTo(1);
        }
    }

    @Test
    void output_is_utf_8_whatever_the_locale() throws Exception {
        gateway.post("/v1/chat/completions", "{\"model\":\"mod\u00e8le\"}").join();
        await().until(() -> database.number("select count(*) from audit_event where model = 'mod\u00e8le'") == 1);

        try (MehariProcess process = run("exec \"$0\" \"$@\"", Map.of("LC_ALL", "C"), "audit export")) {
            assertThat(process.exitCode()).as(process.text()).isZero();
            assertThat(process.output()).anyMatch(line -> line.contains("mod\u00e8le"));
        }
    }

    @Test
    void a_terminal_is_shown_control_characters_and_a_file_gets_them() throws Exception {
        String key = new ObjectMapper()
                .readTree(gateway.admin(
                                "POST",
                                "/api/keys",
                                "{\"name\":\"captured\",\"capture\":\"all\",\"capture_for\":\"1h\"}")
                        .body())
                .path("key")
                .asText();
        String sent = "one\t\u001b]0;title\u0007\u009b31m two\nthree";
        await().until(() -> {
            gateway.postAs(key, "/call", sent, "X-Request-Id", "controls").join();
            return database.number("select count(*) from captured_call") > 0;
        });

        String terminal = "exec script -qec \"$(printf '%q ' \"$0\" \"$@\")\" /dev/null < /dev/null";
        try (MehariProcess process = run(terminal, Map.of(), "audit body controls --request")) {
            assertThat(process.exitCode()).as(process.text()).isZero();
            assertThat(process.output()).startsWith("one\t\\u001b]0;title\\u0007\\u009b31m two", "three");
        }
        try (MehariProcess process = run("exec \"$0\" \"$@\"", Map.of(), "audit body controls --request")) {
            assertThat(process.exitCode()).as(process.text()).isZero();
            assertThat(String.join("\n", process.output())).isEqualTo(sent);
        }
    }

    private static MehariProcess run(String line, Map<String, String> environment, String command) throws Exception {
        List<String> args = new ArrayList<>(List.of(command.split(" ", -1)));
        args.add("--admin-url=" + gateway.adminUrl());
        args.add("--data-dir=" + gateway.dataFolder());
        return MehariProcess.startBy(line, environment, args.toArray(String[]::new));
    }
}
