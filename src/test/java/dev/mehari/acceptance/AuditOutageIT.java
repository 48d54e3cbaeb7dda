package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.audit.AuditKey;
import dev.mehari.audit.proof.ExportPage;
import dev.mehari.audit.proof.ExportPosition;
import dev.mehari.audit.proof.TrustedKeys;
import dev.mehari.audit.proof.Verdict;
import dev.mehari.audit.proof.Verifier;
import dev.mehari.storage.AuditExportTable;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.OwnPostgres;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit while its PostgreSQL is away, and once it is back. */
class AuditOutageIT {
    private static final String JOURNAL = "audit-journal.mv.db";
    private static final int OUTAGE_SECONDS = Integer.getInteger("mehari.outage", 3);
    private static final int CALLERS = 8;
    private static final String IN_ORDER = "select string_agg(sequence::text, ',' order by at, sequence)"
            + " = string_agg(sequence::text, ',' order by sequence) from audit_event";

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    // rows 37, 64
    @Test
    void no_event_of_an_outage_is_missing_or_doubled_not_even_over_a_stop() throws Exception {
        String data = folder.resolve("data").toString();
        try (OwnPostgres server = OwnPostgres.start(folder.resolve("cluster"));
                TestDatabase database = TestDatabase.createOn(server.url());
                StubUpstream stub = StubUpstream.respondingWith(200)) {
            try (TestGateway gateway = TestGateway.to(stub, database, "mehari.data.dir", data)) {
                call(gateway, 10);
                server.stop();
                call(gateway, 30);
                await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(folder.resolve("data/" + JOURNAL)));
                call(gateway, 5);

                server.startAgain();
                await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> rows(database) == 45);
                call(gateway, 5);
                await().atMost(Duration.ofSeconds(10)).until(() -> rows(database) == 50);
                assertThat(database.number("select count(distinct sequence) from audit_event"))
                        .isEqualTo(50);
                assertThat(database.text(IN_ORDER)).isEqualTo("t");
                await().until(() -> !Files.exists(folder.resolve("data/" + JOURNAL)));

                server.stop();
                call(gateway, 7);
            }
            assertThat(folder.resolve("data/" + JOURNAL))
                    .as("kept for the next start")
                    .exists();

            server.startAgain();
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
        }
    }

    // row 64
    @Test
    void no_call_fails_and_no_event_is_missing_when_postgresql_stops_under_load() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        AtomicBoolean over = new AtomicBoolean();
        try (OwnPostgres server = OwnPostgres.start(folder.resolve("cluster"));
                TestDatabase database = TestDatabase.createOn(server.url());
                StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway =
                        TestGateway.to(stub, database, "mehari.limits", "memory", "mehari.limits.outage", "10m")) {
            List<Future<Map<Integer, Integer>>> callers = IntStream.range(0, CALLERS)
                    .mapToObj(i -> threads.submit(() -> callUntil(over, gateway)))
                    .toList();
            await().atMost(Duration.ofSeconds(10)).until(() -> rows(database) > 100);
            server.stop();
            int served = stub.requests().size();
            long end = System.nanoTime() + Duration.ofSeconds(OUTAGE_SECONDS).toNanos();
            await().atMost(Duration.ofSeconds(OUTAGE_SECONDS + 60))
                    .until(() -> System.nanoTime() > end && stub.requests().size() > served + 100);
            server.startAgain();
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> rows(database) > served);
            over.set(true);
            Map<Integer, Integer> statuses = new HashMap<>();
            for (Future<Map<Integer, Integer>> caller : callers) {
                caller.get().forEach((status, count) -> statuses.merge(status, count, Integer::sum));
            }
            int sent = stub.requests().size();

            assertThat(statuses).containsOnly(Map.entry(200, sent));
            await().atMost(Duration.ofSeconds(60)).until(() -> rows(database) == sent);
            assertThat(database.number("select count(distinct request_id) from audit_event"))
                    .isEqualTo(sent);
            assertThat(verify(database, gateway.dataFolder().resolve("audit-key"))
                            .isWhole())
                    .isTrue();
            System.out.println(OUTAGE_SECONDS + " s of outage, " + sent + " calls at the upstream, as many events");
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }

    /** How often each status came. */
    private static Map<Integer, Integer> callUntil(AtomicBoolean over, TestGateway gateway) throws Exception {
        Map<Integer, Integer> statuses = new HashMap<>();
        try (RawClient client = gateway.connect()) {
            while (!over.get()) {
                RawClient.Answer answer = client.post("/call", "{}", "Authorization", "Bearer " + gateway.key())
                        .answer();
                statuses.merge(answer.status(), 1, Integer::sum);
            }
        }
        return statuses;
    }

    // row 64
    @Test
    void events_that_the_journal_had_no_room_for_are_proved_to_be_dropped_by_it() throws Exception {
        try (OwnPostgres server = OwnPostgres.start(folder.resolve("cluster"));
                TestDatabase database = TestDatabase.createOn(server.url());
                StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(
                        stub, database, "mehari.audit.batch", "10", "mehari.audit.journal.max-size", "64KiB")) {
            call(gateway, 5);
            await().atMost(Duration.ofSeconds(10)).until(() -> rows(database) == 5);
            server.stop();
            call(gateway, 500);
            await().atMost(Duration.ofSeconds(10)).until(() -> health(gateway).contains("the journal is full"));
            assertThat(metrics(gateway)).contains("mehari_database_reachable 0.0");

            server.startAgain();
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .until(() -> database.number("select (select count(*) from audit_event) + (select"
                                    + " coalesce(sum(last_sequence - first_sequence + 1), 0) from audit_gap)")
                            == 505);
            Verdict verdict = verify(database, gateway.dataFolder().resolve("audit-key"));
            assertThat(verdict.problems()).isEmpty();
            assertThat(verdict.events()).isBetween(100L, 400L);
            assertThat(verdict.droppedBy()).containsExactly(Map.entry("journal", 505 - verdict.events()));
            assertThat(database.number("select count(*) from audit_gap")).isEqualTo(1);
            call(gateway, 5);
            await().atMost(Duration.ofSeconds(10)).until(() -> rows(database) == verdict.events() + 5);
            assertThat(verify(database, gateway.dataFolder().resolve("audit-key"))
                            .isWhole())
                    .isTrue();
            assertThat(health(gateway)).doesNotContain("the journal is full");
            assertThat(metrics(gateway))
                    .contains("mehari_database_reachable 1.0")
                    .containsPattern("mehari_database_connections\\{state=\"(busy|idle)\"} [1-9]")
                    .containsPattern("mehari_audit_dropped_total\\{reason=\"journal\"} [1-9]");
        }
    }

    // row 64
    @Test
    void events_that_the_database_refuses_hold_up_nothing_and_are_in_a_file() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.audit.retry", "50ms")) {
            call(gateway, 1);
            await().atMost(Duration.ofSeconds(10)).until(() -> rows(database) == 1);
            database.execute("alter table audit_event add constraint no_evil check (path <> '/evil')");
            assertThat(gateway.post("/evil", "{}").join().statusCode()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> database.number("select count(*) from audit_gap where reason = 'refused'") == 1);
            call(gateway, 3);
            await().atMost(Duration.ofSeconds(10)).until(() -> rows(database) == 4);

            Verdict verdict = verify(database, gateway.dataFolder().resolve("audit-key"));
            assertThat(verdict.problems()).isEmpty();
            assertThat(verdict.droppedBy()).containsExactly(Map.entry("refused", 1L));
            assertThat(health(gateway)).contains("lost");
            try (Stream<Path> files = Files.list(gateway.dataFolder())) {
                Path file = files.filter(one -> one.getFileName().toString().matches("audit-refused-[0-9]+-2.jsonl"))
                        .findFirst()
                        .orElseThrow();
                assertThat(Files.readString(file)).contains("\"path\":\"/evil\"");
            }
        }
    }

    private static String metrics(TestGateway gateway) throws Exception {
        return gateway.admin("GET", "/q/metrics", "").body();
    }

    private static String health(TestGateway gateway) throws Exception {
        return gateway.admin("GET", "/q/health", "").body();
    }

    private static Verdict verify(TestDatabase database, Path key) throws Exception {
        AuditKey own = AuditKey.of(Files.readString(key));
        Verifier verifier = new Verifier(
                TrustedKeys.read(Base64.getEncoder().encodeToString(own.publicKey())), List.of(), Duration.ofHours(1));
        AuditExportTable export = new AuditExportTable(database.database());
        ExportPosition from = null;
        do {
            ExportPage page = export.page(from, 100_000);
            page.records().forEach(verifier::accept);
            from = page.next();
        } while (from != null);
        return verifier.finish();
    }

    // row 64
    @Test
    void a_killed_process_loses_nothing_of_its_journal() throws Exception {
        try (OwnPostgres server = OwnPostgres.start(folder.resolve("cluster"));
                TestDatabase database = TestDatabase.createOn(server.url());
                StubUpstream stub = StubUpstream.respondingWith(200)) {
            try (MehariProcess gateway = process(database, stub).awaitReady()) {
                String key = gateway.apiKey();
                for (int i = 0; i < 5; i++) {
                    call(gateway, key);
                }
                await().atMost(Duration.ofSeconds(10)).until(() -> rows(database) == 5);
                server.stop();
                for (int i = 0; i < 8; i++) {
                    call(gateway, key);
                }
                await().atMost(Duration.ofSeconds(20)).until(() -> journaled(gateway) == 8);
                gateway.kill();
            }

            server.startAgain();
            try (MehariProcess again = process(database, stub).awaitReady()) {
                assertThat(again.isAlive()).isTrue();
                await().atMost(Duration.ofSeconds(20)).until(() -> rows(database) == 13);
            }
            assertThat(database.number("select count(distinct sequence) from audit_event"))
                    .isEqualTo(13);
            assertThat(database.text(IN_ORDER)).isEqualTo("t");
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
