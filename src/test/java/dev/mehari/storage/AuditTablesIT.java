package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mehari.answer.EndedCall;
import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.AuditPage;
import dev.mehari.audit.AuditQuery;
import dev.mehari.audit.AuditRow;
import dev.mehari.audit.KeepPolicy;
import dev.mehari.audit.RollUp;
import dev.mehari.audit.RollUpQuery;
import dev.mehari.audit.RollUpQuery.Part;
import dev.mehari.audit.RollUpQuery.Span;
import dev.mehari.audit.StatusRange;
import dev.mehari.audit.proof.ExportPage;
import dev.mehari.audit.proof.ExportPosition;
import dev.mehari.audit.proof.ExportRecord;
import dev.mehari.audit.proof.Problem;
import dev.mehari.audit.proof.TrustedKeys;
import dev.mehari.audit.proof.Verdict;
import dev.mehari.audit.proof.Verifier;
import dev.mehari.testing.AuditWriter;
import dev.mehari.testing.SampleAudit;
import dev.mehari.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditTablesIT {
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final Instant DAY = Instant.parse("2026-01-31T00:00:00Z");
    private static final Duration ONE_DAY = Duration.ofDays(1);
    private static final KeepPolicy FOREVER =
            new KeepPolicy(Duration.ofDays(9_000), Duration.ofDays(9_000), Duration.ofDays(9_000), Long.MAX_VALUE);

    private final AuditSearchTable search = new AuditSearchTable(DATABASE.database());
    private final AuditExportTable export = new AuditExportTable(DATABASE.database());
    private final SampleAudit audit = new SampleAudit(new Random(7));
    private final AuditUpkeepTable upkeep = new AuditUpkeepTable(DATABASE.database(), audit);

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        AuditWriter.empty(DATABASE, Instant.parse("2026-01-01T00:00:00Z"));
    }

    // row 64
    @Test
    void finds_by_each_field_newest_first() throws Exception {
        audit.begin().events(300);
        write();

        finds(
                query(null, 2L, null, null, null, null, null),
                event -> event.request().keyId() == 2);
        finds(
                query("upstream-1", null, null, null, null, null, null),
                event -> "upstream-1".equals(event.way().upstream()));
        finds(
                query(null, null, 3L, null, null, null, null),
                event -> event.way().credentialId() == 3);
        finds(
                query(null, null, null, "model-1", null, null, null),
                event -> "model-1".equals(event.request().model()));
        finds(
                query(null, null, null, null, "4xx", null, null),
                event -> event.result().status() == 429);
        finds(
                query(null, null, null, null, "200", null, null),
                event -> event.result().status() == 200);
        finds(
                query(null, null, null, null, null, EndedCall.Outcome.REFUSED, null),
                event -> event.result().outcome() == EndedCall.Outcome.REFUSED);
        finds(
                query(null, null, null, null, null, null, "req_77"),
                event -> event.request().id().equals("req_77"));
        String trace = rows().stream()
                .map(row -> row.event().request().traceId())
                .filter(one -> one != null)
                .findFirst()
                .orElseThrow();
        finds(
                new AuditQuery(null, null, null, null, null, null, null, null, null, trace, null, 1_000),
                event -> trace.equals(event.request().traceId()));
    }

    @Test
    void finds_by_time_and_goes_on_page_by_page() throws Exception {
        audit.begin();
        for (int i = 0; i < 25; i++) {
            audit.event(micros(DAY.plusSeconds(i / 2)));
        }
        write();
        Instant from = DAY.plusSeconds(2);
        Instant to = DAY.plusSeconds(10);
        List<AuditRow> found = new ArrayList<>();

        AuditPage page = search.find(new AuditQuery(from, to, null, null, null, null, null, null, null, null, null, 3));
        while (page.next() != null) {
            assertThat(page.rows()).hasSize(3);
            found.addAll(page.rows());
            page = search.find(
                    new AuditQuery(from, to, null, null, null, null, null, null, null, null, page.next(), 3));
        }
        found.addAll(page.rows());

        assertThat(found)
                .containsExactlyElementsOf(
                        expected(event -> event.atMicros() >= micros(from) && event.atMicros() < micros(to)));
    }

    @Test
    void goes_on_behind_events_that_are_not_what_was_written() throws Exception {
        audit.begin().events(9);
        write();
        DATABASE.execute("update audit_event set reasoning_tokens = -1 where sequence between 4 and 8");

        AuditPage page = search.find(AuditQuery.newest(2));

        assertThat(page.rows()).extracting(AuditRow::sequence).containsExactly(9L, 3L);
        assertThat(page.next()).isNotNull();
    }

    @Test
    void covers_what_came_since_the_last_time_for_searches() throws Exception {
        audit.begin().events(1_500);
        write();
        Instant nextDay = DAY.plus(ONE_DAY);

        upkeep.cover(nextDay.plus(ONE_DAY));
        assertThat(coverNow()).isPositive();

        audit.events(1_500);
        write();
        upkeep.cover(nextDay);
        assertThat(coverNow()).isZero();

        audit.events(1_500);
        write();
        upkeep.run(FOREVER, nextDay.plus(ONE_DAY));
        assertThat(coverNow()).isZero();
    }

    /** Covers the rest; returns how many parts of tables that were. */
    private static int coverNow() {
        return DATABASE.number(
                "select sum(brin_summarize_new_values(relid)) from pg_partition_tree('audit_event_terms')"
                        + " where isleaf");
    }

    // row 64
    @Test
    void exports_what_verifies() throws Exception {
        audit.begin()
                .events(30)
                .sign()
                .events(7)
                .sign()
                .begin()
                .begin()
                .events(12)
                .sign();
        write();

        for (int size : new int[] {1, 5, 1_000}) {
            List<ExportRecord> records = exported(size);
            assertThat(records.subList(0, records.size() - 1))
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("startedAt")
                    .isEqualTo(audit.records());
            assertThat(verify(records).problems()).isEmpty();
        }
    }

    @Test
    void what_is_done_to_the_table_is_found() throws Exception {
        audit.begin().events(30).sign();
        write();

        assertThat(after("update audit_event set cost = cost + 1 where sequence = 4"))
                .extracting(Problem::kind, Problem::chain, Problem::first)
                .containsExactly(tuple(Problem.Kind.CHANGED, 1, 4L));
        assertThat(after("delete from audit_event where sequence between 5 and 6"))
                .extracting(Problem::kind, Problem::first, Problem::last)
                .contains(tuple(Problem.Kind.MISSING, 5L, 6L));
        assertThat(after("update audit_event set reasoning_tokens = -1 where sequence = 8"))
                .extracting(Problem::first)
                .contains(8L);
        assertThat(after("update audit_event set sequence = 40 where sequence = 30"))
                .extracting(Problem::kind)
                .contains(Problem.Kind.MISSING);
    }

    // row 38
    @Test
    void sums_up_hours_that_are_over_and_days() throws Exception {
        audit.begin();
        for (int i = 0; i < 240; i++) {
            audit.event(micros(DAY.plusSeconds(i * 60L)));
        }
        write();

        upkeep.run(FOREVER, DAY.plus(Duration.ofMinutes(190)));
        assertThat(sums(Span.HOUR, Set.of())).extracting(RollUp::calls).containsExactly(60L, 60L, 60L);
        upkeep.run(FOREVER, DAY.plus(Duration.ofHours(5)));
        upkeep.run(FOREVER, DAY.plus(Duration.ofHours(5)));

        assertThat(sums(Span.HOUR, Set.of())).extracting(RollUp::calls).containsExactly(60L, 60L, 60L, 60L);
        RollUp day = sums(Span.DAY, Set.of()).get(0);
        assertThat(day.calls()).isEqualTo(240);
        assertThat(day.start()).isEqualTo(DAY);
        assertThat(day.nanoDollars())
                .isEqualTo(rows().stream()
                        .mapToLong(row -> row.event().use().nanoDollars())
                        .sum());
        assertThat(day.tokens().input())
                .isEqualTo(rows().stream()
                        .mapToLong(row -> row.event().use().tokens().input())
                        .sum());
        assertThat(sums(Span.DAY, Set.of(Part.KEY))).extracting(RollUp::keyId).containsExactly(0L, 1L, 2L, 3L);
        assertThat(sums(Span.DAY, Set.of(Part.OUTCOME)).stream()
                        .mapToLong(RollUp::calls)
                        .sum())
                .isEqualTo(240);
        List<Long> took =
                rows().stream().map(row -> row.event().times().total()).sorted().toList();
        assertThat((double) day.durations().percentile(0.95)).isBetween(took.get(227) * 0.99, took.get(227) * 1.2);
        assertThat(day.durations().calls()).isEqualTo(240);
    }

    @Test
    void sums_up_an_hour_again_for_events_that_come_late() throws Exception {
        audit.begin().event(micros(DAY)).event(micros(DAY.plusSeconds(3_600)));
        write();
        upkeep.run(FOREVER, DAY.plus(Duration.ofHours(3)));

        audit.event(micros(DAY.plusSeconds(10))).event(micros(DAY.plusSeconds(3 * 3_600)));
        write();
        upkeep.run(FOREVER, DAY.plus(Duration.ofHours(3)));

        assertThat(sums(Span.HOUR, Set.of())).extracting(RollUp::calls).containsExactly(1L, 2L);
        assertThat(sums(Span.DAY, Set.of())).extracting(RollUp::calls).containsExactly(3L);
    }

    // row 38
    @Test
    void drops_days_and_sums_that_are_older_than_configured() throws Exception {
        audit.begin();
        threeDays();
        KeepPolicy policy = new KeepPolicy(ONE_DAY, Duration.ofDays(2), Duration.ofDays(9_000), Long.MAX_VALUE);

        upkeep.run(policy, DAY.plus(Duration.ofDays(3)));

        assertThat(days()).containsExactly("20260202", "20260203", "20260204");
        assertThat(sums(Span.HOUR, Set.of()))
                .extracting(RollUp::start)
                .allMatch(start -> !start.isBefore(DAY.plus(ONE_DAY)));
        assertThat(sums(Span.DAY, Set.of())).extracting(RollUp::calls).containsExactly(23L, 24L, 24L);
        Verdict verdict = verify(exported(1_000));
        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.dropped()).isEqualTo(48);
        assertThat(verdict.events()).isEqualTo(24);

        upkeep.run(policy, DAY.plus(Duration.ofDays(4)));
        assertThat(verify(exported(1_000)).problems()).isEmpty();
    }

    @Test
    void events_around_midnight_that_stay_can_be_verified() throws Exception {
        Instant midnight = DAY.plus(ONE_DAY);
        audit.begin()
                .event(micros(midnight.minusMillis(5)))
                .event(micros(midnight))
                .event(micros(midnight.minusMillis(1)))
                .event(micros(midnight.plusMillis(1)))
                .sign();
        write();

        upkeep.run(new KeepPolicy(ONE_DAY, ONE_DAY, ONE_DAY, Long.MAX_VALUE), midnight.plus(ONE_DAY));

        Verdict verdict = verify(exported(1_000));
        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.dropped()).isEqualTo(2);
        assertThat(verdict.events()).isEqualTo(2);
        DATABASE.execute("delete from audit_event where sequence = 2");
        assertThat(verify(exported(1_000)).isWhole()).isFalse();
    }

    @Test
    void drops_the_oldest_days_when_all_take_too_much_but_never_today() throws Exception {
        audit.begin();
        threeDays();

        upkeep.run(
                new KeepPolicy(Duration.ofDays(9_000), Duration.ofDays(9_000), Duration.ofDays(9_000), 1),
                DAY.plus(Duration.ofHours(71)));

        assertThat(days()).containsExactly("20260202", "20260203");
        assertThat(sums(Span.DAY, Set.of())).extracting(RollUp::calls).containsExactly(22L, 24L, 24L);
        assertThat(DATABASE.query("select reason from audit_dropped_day")).containsExactly("size", "size");
    }

    @Test
    void events_for_a_day_that_is_gone_are_summed_up_and_dropped() throws Exception {
        audit.begin();
        threeDays();
        KeepPolicy policy = new KeepPolicy(ONE_DAY, Duration.ofDays(90), Duration.ofDays(90), Long.MAX_VALUE);
        upkeep.run(policy, DAY.plus(Duration.ofDays(3)));

        audit.event(micros(DAY.plusSeconds(5))).sign();
        write(audit.records().stream()
                .filter(one -> SampleAudit.sequence(one) > 72)
                .toList());
        upkeep.run(policy, DAY.plus(Duration.ofDays(3)));
        upkeep.run(policy, DAY.plus(Duration.ofDays(3)));

        assertThat(days()).containsExactly("20260202", "20260203", "20260204");
        assertThat(sums(Span.DAY, Set.of())).extracting(RollUp::calls).containsExactly(23L, 24L, 25L);
        assertThat(verify(exported(1_000)).problems()).isEmpty();
    }

    @Test
    void forgets_chains_that_nothing_needs_any_more() throws Exception {
        audit.begin().event(micros(DAY)).sign();
        audit.begin().event(micros(DAY.plus(ONE_DAY))).sign();
        audit.begin().event(micros(DAY.plus(Duration.ofDays(2)))).sign();
        write();
        KeepPolicy policy = new KeepPolicy(ONE_DAY, ONE_DAY, ONE_DAY, Long.MAX_VALUE);

        upkeep.run(policy, DAY.plus(Duration.ofDays(2)));
        assertThat(DATABASE.number("select count(*) from audit_chain")).isEqualTo(3);
        upkeep.run(policy, DAY.plus(Duration.ofDays(3)));

        assertThat(DATABASE.query("select id from audit_chain order by id")).containsExactly("2", "3");
        assertThat(verify(exported(1_000)).problems()).isEmpty();
    }

    private void threeDays() {
        for (int i = 0; i < 72; i++) {
            audit.event(micros(DAY.plus(Duration.ofHours(i))));
            if (i % 5 == 0) {
                audit.sign();
            }
        }
        audit.sign();
        write();
    }

    private static List<String> days() {
        return DATABASE.query("select right(relname, 8) from pg_class where relname ~ '^audit_event_[0-9]{8}$' and"
                + " relnamespace = current_schema()::regnamespace and relkind = 'r' order by 1");
    }

    private List<Problem> after(String sql) throws Exception {
        DATABASE.execute(sql);
        return verify(exported(1_000)).problems();
    }

    private List<RollUp> sums(Span span, Set<Part> by) throws Exception {
        return search.find(
                new RollUpQuery(span, DAY.minus(ONE_DAY), DAY.plus(Duration.ofDays(30)), null, null, null, null, by));
    }

    private List<ExportRecord> exported(int size) throws Exception {
        List<ExportRecord> all = new ArrayList<>();
        ExportPosition after = null;
        do {
            ExportPage page = export.page(after, size);
            all.addAll(page.records());
            after = page.next() == null
                    ? null
                    : ExportPosition.parse(page.next().toString());
        } while (after != null);
        return all;
    }

    private Verdict verify(List<ExportRecord> records) {
        Verifier verifier = new Verifier(
                TrustedKeys.read(Base64.getEncoder().encodeToString(audit.publicKey())),
                List.of(),
                Duration.ofDays(30));
        records.forEach(verifier::accept);
        return verifier.finish();
    }

    private void write() {
        write(audit.records());
    }

    private static void write(List<ExportRecord> records) {
        AuditWriter.write(DATABASE, records);
    }

    private List<AuditRow> rows() {
        return audit.records().stream()
                .filter(ExportRecord.Event.class::isInstance)
                .map(one -> ((ExportRecord.Event) one).row())
                .toList();
    }

    private List<AuditRow> expected(Predicate<AuditEvent> which) {
        return rows().stream()
                .filter(row -> which.test(row.event()))
                .sorted(Comparator.<AuditRow>comparingLong(row -> row.event().atMicros())
                        .thenComparingLong(AuditRow::sequence)
                        .reversed())
                .toList();
    }

    private void finds(AuditQuery query, Predicate<AuditEvent> which) throws Exception {
        List<AuditRow> expected = expected(which);
        assertThat(expected).isNotEmpty().hasSizeLessThan(300);
        assertThat(search.find(query).rows()).containsExactlyElementsOf(expected);
    }

    private static AuditQuery query(
            String upstream,
            Long key,
            Long credential,
            String model,
            String status,
            EndedCall.Outcome outcome,
            String request) {
        return new AuditQuery(
                null,
                null,
                key,
                upstream,
                credential,
                model,
                status == null ? null : StatusRange.parse(status),
                outcome,
                request,
                null,
                null,
                1_000);
    }

    private static long micros(Instant at) {
        return AuditRows.micros(at);
    }
}
