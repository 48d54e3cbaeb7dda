package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.cli.Mehari;
import dev.mehari.storage.ServerPort;
import dev.mehari.testing.EditedRoutes;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A start that cannot succeed ends with exit code 2 and a sentence that helps, and leaves nothing behind. */
@Timeout(60) // a start that succeeds would run for good
class RefusedStartIT {
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

    /** What {@code mehari run} says when it refuses to start. */
    private String refusalOf(String... more) {
        List<String> args = new ArrayList<>(List.of("run"));
        args.addAll(List.of(more));
        for (String port : List.of("--port", "--admin-port")) {
            if (!args.contains(port)) {
                args.addAll(List.of(port, "0"));
            }
        }
        if (!args.contains("--data-dir")) {
            args.addAll(List.of("--data-dir", folder.resolve("data").toString()));
        }
        StringWriter err = new StringWriter();
        StringWriter out = new StringWriter();
        int exitCode = Mehari.commandLine()
                .setErr(new PrintWriter(err))
                .setOut(new PrintWriter(out))
                .execute(args.toArray(String[]::new));
        assertThat(exitCode).as(err.toString()).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("mehari: ").doesNotContain("\tat ");
        return err.toString();
    }

    @Test
    void when_the_data_port_is_in_use() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(refusalOf("--port", port, "--db-url", database.url()))
                    .contains(port)
                    .containsIgnoringCase("in use")
                    .contains("choose another");
        }
    }

    @Test
    void when_the_management_port_is_in_use() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(refusalOf("--admin-port", port, "--db-url", database.url()))
                    .contains(port)
                    .containsIgnoringCase("in use")
                    .contains("--admin-port");
        }
    }

    @Test
    void when_the_database_is_dead() throws Exception {
        int closed = ServerPort.free(new SecureRandom());

        assertThat(refusalOf("--db-url", "jdbc:postgresql://127.0.0.1:" + closed + "/mehari?user=u&password=hidden"))
                .contains("127.0.0.1:" + closed)
                .doesNotContain("hidden");
    }

    @Test
    void when_the_data_folder_cannot_be_written() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "no folder");

        assertThat(refusalOf("--data-dir", file.resolve("data").toString())).contains("file", "--data-dir");
    }

    @Test
    void when_settings_are_wrong_with_all_of_them_listed() throws Exception {
        Path config = Files.writeString(
                folder.resolve("mehari.properties"),
                "mehari.proxy.max-concurent=5\nmehari.proxy.queue-timeout=soon\nmehari.breaker.threshold=0\n");

        assertThat(refusalOf("--config", config.toString()))
                .contains("mehari.proxy.max-concurent", "did you mean mehari.proxy.max-concurrent?")
                .contains("mehari.proxy.queue-timeout")
                .contains("mehari.breaker.threshold");
    }

    @Test
    void when_anyone_could_call_without_a_key() {
        assertThat(refusalOf("--no-auth", "--host", "0.0.0.0")).contains("--no-auth", "--host 127.0.0.1");
    }

    @Test
    void when_there_are_no_routes() throws Exception {
        assertThat(refusalOf(
                        "--db-url",
                        database.url(),
                        "--routes",
                        folder.resolve("nowhere").toString()))
                .contains("nowhere");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(refusalOf("--db-url", database.url(), "--routes", empty.toString()))
                .contains("--routes", "receive.camel.yaml");
    }

    @Test
    void when_the_port_of_a_route_is_in_use() throws Exception {
        EditedRoutes routes = EditedRoutes.copy();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Files.writeString(routes.folder().resolve("more.camel.yaml"), """
                    - route:
                        id: more
                        from:
                          uri: netty:tcp://127.0.0.1:%d?sync=false
                          steps:
                            - log: seen
                    """.formatted(taken.getLocalPort()));

            assertThat(refusalOf(
                            "--db-url",
                            database.url(),
                            "--routes",
                            routes.folder().toString()))
                    .contains("more.camel.yaml:2: more: ", Integer.toString(taken.getLocalPort()))
                    .containsIgnoringCase("in use");
        }
    }

    @Test
    void when_a_route_is_wrong() throws Exception {
        Path routes = Files.createDirectory(folder.resolve("routes"));
        Files.writeString(routes.resolve("wrong.camel.yaml"), """
                - route:
                    id: wrong
                    from:
                      uri: direct:wrong
                      steps:
                        - process:
                            ref: noSuchProcessor
                """);

        assertThat(refusalOf("--db-url", database.url(), "--routes", routes.toString()))
                .contains("noSuchProcessor");
    }

    @Test
    void and_the_process_ends_with_that_exit_code() throws Exception {
        try (MehariProcess mehari = MehariProcess.start(
                Map.of("MEHARI_PROXY_MAX_CONCURENT", "5"), "run", "--data-dir", folder.toString())) {
            assertThat(mehari.exitCode()).isEqualTo(2);
            assertThat(String.join("\n", mehari.errors())).contains("MEHARI_PROXY_MAX_CONCURRENT");
        }
    }
}
