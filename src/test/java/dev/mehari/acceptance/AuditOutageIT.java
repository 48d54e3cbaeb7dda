package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit while its PostgreSQL is away, and once it is back. */
class AuditOutageIT {
    private static final String JOURNAL = "audit-journal.mv.db";
    private static final String IN_ORDER = "select string_agg(sequence::text, ',' order by at, sequence)"
            + " = string_agg(sequence::text, ',' order by sequence) from audit_event";

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private EmbeddedPostgres startServer(int port) throws Exception {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("cluster"))
                .setCleanDataDirectory(false);
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    // rows 37, 64
    @Test
    void no_event_of_an_outage_is_missing_or_doubled_not_even_over_a_stop() throws Exception {
        String data = folder.resolve("data").toString();
        EmbeddedPostgres server = startServer(0);
        try (TestDatabase database = TestDatabase.createOn(server.getJdbcUrl("postgres", "postgres"));
                StubUpstream stub = StubUpstream.respondingWith(200)) {
            try (TestGateway gateway = TestGateway.to(stub, database, "mehari.data.dir", data)) {
                call(gateway, 10);
                server.close();
                call(gateway, 30);
                await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(folder.resolve("data/" + JOURNAL)));
                call(gateway, 5);

                server = startServer(server.getPort());
                await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> rows(database) == 45);
                call(gateway, 5);
                await().atMost(Duration.ofSeconds(10)).until(() -> rows(database) == 50);
                assertThat(database.number("select count(distinct sequence) from audit_event"))
                        .isEqualTo(50);
                assertThat(database.text(IN_ORDER)).isEqualTo("t");
                await().until(() -> !Files.exists(folder.resolve("data/" + JOURNAL)));

                server.close();
                call(gateway, 7);
            }
            assertThat(folder.resolve("data/" + JOURNAL))
                    .as("kept for the next start")
                    .exists();

            server = startServer(server.getPort());
            try (TestGateway gateway = TestGateway.to(stub, database, "mehari.data.dir", data)) {
                call(gateway, 3);
                await().atMost(Duration.ofSeconds(20)).until(() -> rows(database) == 60);
            }
            assertThat(database.number("select count(*) from audit_event where sequence > 50"))
                    .isEqualTo(7);
            assertThat(database.text("select second.first_link = sha256(decode(replace(second.instance::text, '-', ''),"
                            + " 'hex') || last.head) from audit_chain second join audit_checkpoint last"
                            + " on last.chain = second.previous and last.sequence = 57"))
                    .as("the second chain goes on where the journal ended")
                    .isEqualTo("t");
        } finally {
            server.close();
        }
    }

    // row 64
    @Test
    void a_killed_process_loses_nothing_of_its_journal() throws Exception {
        EmbeddedPostgres server = startServer(0);
        try (TestDatabase database = TestDatabase.createOn(server.getJdbcUrl("postgres", "postgres"));
                StubUpstream stub = StubUpstream.respondingWith(200)) {
            try (MehariProcess gateway = process(database, stub).awaitReady()) {
                String key = gateway.apiKey();
                for (int i = 0; i < 5; i++) {
                    call(gateway, key);
                }
                await().atMost(Duration.ofSeconds(10)).until(() -> rows(database) == 5);
                server.close();
                for (int i = 0; i < 8; i++) {
                    call(gateway, key);
                }
                await().atMost(Duration.ofSeconds(20)).until(() -> journaled(gateway) == 8);
                gateway.kill();
            }

            server = startServer(server.getPort());
            try (MehariProcess again = process(database, stub).awaitReady()) {
                assertThat(again.isAlive()).isTrue();
                await().atMost(Duration.ofSeconds(20)).until(() -> rows(database) == 13);
            }
            assertThat(database.number("select count(distinct sequence) from audit_event"))
                    .isEqualTo(13);
            assertThat(database.text(IN_ORDER)).isEqualTo("t");
        } finally {
            server.close();
        }
    }

    private MehariProcess process(TestDatabase database, StubUpstream stub) throws Exception {
        return MehariProcess.start(
                Map.of("MEHARI_ADMIN_TOKEN", "0123456789abcdef0123456789abcdef"),
                "run",
                "--port",
                "0",
                "--admin-port",
                "0",
                "--data-dir",
                folder.resolve("process").toString(),
                "--db-url",
                database.url(),
                "--target-host",
                "127.0.0.1",
                "--target-port",
                Integer.toString(stub.port()));
    }

    private void call(MehariProcess gateway, String key) throws Exception {
        HttpResponse<String> answer = get(gateway.url().resolve("/call"), key);
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private double journaled(MehariProcess gateway) throws Exception {
        String name = "mehari_audit_journal ";
        return get(gateway.adminUrl().resolve("/q/metrics"), "0123456789abcdef0123456789abcdef")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private HttpResponse<String> get(URI uri, String bearer) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer " + bearer)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void call(TestGateway gateway, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(200);
        }
    }

    private static int rows(TestDatabase database) {
        return database.number("select count(*) from audit_event");
    }
}
