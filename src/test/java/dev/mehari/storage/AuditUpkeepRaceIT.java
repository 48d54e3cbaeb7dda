package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.audit.KeepPolicy;
import dev.mehari.audit.proof.ExportRecord;
import dev.mehari.testing.AuditWriter;
import dev.mehari.testing.SampleAudit;
import dev.mehari.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances look after one audit at the same time, and write to it meanwhile. */
class AuditUpkeepRaceIT {
    private static final Instant DAY = Instant.parse("2026-01-31T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONG = Duration.ofDays(9_000);
    private static final KeepPolicy FOREVER = new KeepPolicy(LONG, LONG, LONG, Long.MAX_VALUE);
    private static final KeepPolicy ONE_DAY = new KeepPolicy(Duration.ofDays(1), LONG, LONG, Long.MAX_VALUE);
    private static final int ROUNDS = 30;

    private static final TestDatabase DATABASE = TestDatabase.create();

    private final SampleAudit audit = new SampleAudit(new Random(11));
    private final AuditUpkeepTable one = new AuditUpkeepTable(DATABASE.database(), audit);
    private final AuditUpkeepTable other = new AuditUpkeepTable(DATABASE.database(), audit);

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        AuditWriter.empty(DATABASE, DAY);
    }

    @Test
    void two_at_once_sum_up_once() throws Exception {
        audit.begin();
        for (int hour = 0; hour < ROUNDS; hour++) {
            Instant end = DAY.plus(HOUR.multipliedBy(hour + 1));
            for (int i = 0; i < 5; i++) {
                audit.event(AuditRows.micros(end.minusSeconds(60L * (i + 1))));
            }
            write(audit.records());

            atOnce(() -> run(one, FOREVER, end.plusSeconds(90)), () -> run(other, FOREVER, end.plusSeconds(90)));

            assertThat(sum("audit_hour")).isEqualTo(5 * (hour + 1));
            assertThat(sum("audit_day")).isEqualTo(5 * (hour + 1));
        }
        assertSumsAreThoseOfEvents();
    }

    @Test
    void two_at_once_drop_a_day_once() throws Exception {
        audit.begin();
        for (int day = 0; day < 8; day++) {
            Instant begin = DAY.plus(Duration.ofDays(day));
            int known = audit.records().size();
            audit.event(AuditRows.micros(begin))
                    .event(AuditRows.micros(begin.plus(HOUR)))
                    .sign();
            write(audit.records().subList(0, 1), fresh(known));
            Instant now = begin.plus(Duration.ofDays(2));

            atOnce(() -> run(one, ONE_DAY, now), () -> run(other, ONE_DAY, now));

            assertThat(DATABASE.number("select count(*) from audit_dropped_day"))
                    .isEqualTo(day + 1);
            assertThat(DATABASE.number("select coalesce(sum(events), 0) from audit_dropped_day"))
                    .isEqualTo(2 * (day + 1));
            assertThat(DATABASE.number("select count(*) from audit_event")).isZero();
            assertThat(sum("audit_day")).isEqualTo(2 * (day + 1));
            assertThat(sum("audit_hour")).isEqualTo(2 * (day + 1));
        }
    }

    @Test
    void an_event_that_is_being_written_when_its_hour_ends_is_waited_for() throws Exception {
        audit.begin().event(AuditRows.micros(DAY.plusSeconds(1)));
        write(audit.records());
        DATABASE.execute("select ensure_audit_day('2026-02-01')"); // else that is what is waited for
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection writer = DriverManager.getConnection(DATABASE.url());
                Statement write = writer.createStatement()) {
            writer.setAutoCommit(false);
            write.execute("create temporary table late as select * from audit_event");
            write.execute("update late set sequence = 2");
            write.execute(
                    "select note_late_audit_events(array[(extract(epoch from at) * 1000000)::bigint], at) from late");
            write.execute("insert into audit_event select * from late");

            Future<Void> upkeep =
                    thread.submit(() -> run(one, FOREVER, DAY.plus(HOUR).plusSeconds(90)));
            await().until(() -> upkeep.isDone() || isSomeoneWaiting());
            writer.commit();
            upkeep.get(60, TimeUnit.SECONDS);
        } finally {
            thread.shutdownNow();
        }

        assertThat(sum("audit_hour")).isEqualTo(2);
        assertSumsAreThoseOfEvents();
    }

    private static boolean isSomeoneWaiting() {
        return DATABASE.number(
                        "select count(*) from pg_locks where locktype = 'advisory' and not granted and database ="
                                + " (select oid from pg_database where datname = current_database())")
                > 0;
    }

    /** Events come for an hour while it is summed up. */
    @Test
    void no_event_is_missing_from_sums_when_it_comes_while_they_are_made() throws Exception {
        audit.begin();
        for (int round = 0; round < ROUNDS; round++) {
            Instant end = DAY.plus(HOUR.multipliedBy(round + 1));
            int known = audit.records().size();
            for (int i = 0; i < 40; i++) {
                audit.event(AuditRows.micros(end.minusMillis(i % 2 == 0 ? 1 : 2 * HOUR.toMillis())));
            }
            List<ExportRecord> fresh = fresh(known);
            Instant now = end.plusSeconds(90);

            atOnce(
                    () -> write(fresh.subList(0, 20)),
                    () -> write(fresh.subList(20, 40)),
                    () -> run(one, FOREVER, now),
                    () -> run(other, FOREVER, now));
            run(one, FOREVER, now);

            assertThat(DATABASE.number("select count(*) from audit_event")).isEqualTo(40 * (round + 1));
            assertThat(sum("audit_hour")).isEqualTo(40 * (round + 1));
        }
        assertSumsAreThoseOfEvents();
    }

    /** What the audit has since it had {@code known} records. */
    private List<ExportRecord> fresh(int known) {
        List<ExportRecord> all = audit.records();
        return all.subList(known, all.size());
    }

    private static void assertSumsAreThoseOfEvents() {
        String ofEvents =
                "select date_trunc('hour', at, 'UTC') as start, key_id, count(*) as calls, sum(cost) as cost from"
                        + " audit_event group by 1, 2";
        String ofSums = "select start, key_id, sum(calls) as calls, sum(cost) as cost from audit_hour group by 1, 2";
        assertThat(DATABASE.query("(" + ofEvents + ") except (" + ofSums + ")")).isEmpty();
        assertThat(DATABASE.query("(" + ofSums + ") except (" + ofEvents + ")")).isEmpty();
    }

    private static int sum(String table) {
        return DATABASE.number("select coalesce(sum(calls), 0) from " + table);
    }

    private static Void run(AuditUpkeepTable upkeep, KeepPolicy policy, Instant now) throws Exception {
        upkeep.run(policy, now);
        return null;
    }

    @SafeVarargs
    private static Void write(List<ExportRecord>... parts) {
        for (List<ExportRecord> part : parts) {
            AuditWriter.write(DATABASE, part);
        }
        return null;
    }

    /** Does all of it at the same time; fails as the first that fails. */
    @SafeVarargs
    private static void atOnce(Callable<Void>... parts) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(parts.length);
        try {
            CyclicBarrier begin = new CyclicBarrier(parts.length);
            List<Future<Void>> running = new ArrayList<>();
            for (Callable<Void> part : parts) {
                running.add(threads.submit(() -> {
                    begin.await(30, TimeUnit.SECONDS);
                    return part.call();
                }));
            }
            for (Future<Void> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
