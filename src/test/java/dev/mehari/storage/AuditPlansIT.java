package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.audit.AuditQuery;
import dev.mehari.audit.KeepPolicy;
import dev.mehari.audit.RollUpQuery;
import dev.mehari.testing.SampleAudit;
import dev.mehari.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditPlansIT {
    private static final int EVENTS = 50_000;
    private static final LocalDate DAY = LocalDate.parse("2026-01-27");
    /** Both are frequent, but never go together, which PostgreSQL does not know: it reads all of the time asked for. */
    private static final String UNKNOWN = "upstream and a model of another";

    private static final Duration LONG = Duration.ofDays(9_000);

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static Map<String, AuditQuery> searches;
    private static Map<String, RollUpQuery> sums;

    @BeforeAll
    static void fill() throws Exception {
        AuditFill fill = new AuditFill(DATABASE, DAY, EVENTS);
        fill.fill();
        searches = AuditQueries.searches(fill);
        sums = AuditQueries.sums(fill);
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "newest",
                "an hour",
                "a day",
                "key of 10 %",
                "upstream",
                "status 200",
                "status 2xx",
                "outcome SUCCESS",
                "upstream and its model"
            })
    void what_many_events_have_is_read_from_the_newest_on(String name) throws Exception {
        AuditPlan plan = plan(searches.get(name));

        assertThat(plan.scans()).containsExactly("at backwards");
        assertThat(plan.read()).isLessThan(EVENTS / 10);
        assertThat(plan(searches.get(name + ", deep")).scans()).containsExactly("at backwards");
    }

    @ParameterizedTest
    @CsvSource({
        "'key of 0.002 %', key_id",
        "'key, unknown', key_id",
        "'key, first day only', key_id",
        "'upstream, rare', upstream",
        "'upstream, unknown', upstream",
        "'credential, rare', credential_id",
        "'model, rare', model",
        "status 204, status",
        "status 418, status",
        "status 3xx, status",
        "status 0, status",
        "request id, request_id",
        "'request id, unknown', request_id",
        "request id and key of another, request_id",
        "trace id, trace_id",
    })
    void what_few_events_have_is_read_by_its_own_index(String name, String index) throws Exception {
        AuditPlan plan = plan(searches.get(name));

        assertThat(plan.scans()).contains(index);
        assertThat(plan.read()).isLessThan(EVENTS / 25);
        assertThat(plan(searches.get(name + ", deep")).read()).isLessThan(EVENTS / 25);
    }

    @Test
    void no_search_reads_or_sorts_everything() throws Exception {
        SoftAssertions each = new SoftAssertions();
        for (Map.Entry<String, AuditQuery> one : searches.entrySet()) {
            AuditPlan plan = plan(one.getValue());
            each.assertThat(plan.scans()).as(one.getKey()).doesNotContain("table");
            if (!one.getKey().startsWith(UNKNOWN)) {
                each.assertThat(plan.read()).as("rows read for " + one.getKey()).isLessThan(EVENTS / 5);
            }
            each.assertThat(plan.sorted()).as("rows sorted for " + one.getKey()).isLessThan(EVENTS / 10);
        }
        each.assertAll();
    }

    @Test
    void sums_are_read_by_their_beginning() throws Exception {
        new AuditUpkeepTable(DATABASE.database(), new SampleAudit(new Random(3)))
                .run(
                        new KeepPolicy(LONG, LONG, LONG, Long.MAX_VALUE),
                        DAY.plusDays(6).atStartOfDay().toInstant(ZoneOffset.UTC));
        DATABASE.execute("analyze audit_hour");

        AuditPlan plan = plan(sums.get("hours of a day by key"));

        assertThat(plan.scans()).containsExactly("audit_hour_start");
        assertThat(plan.read())
                .isEqualTo(DATABASE.number("select count(*) from audit_hour where start >= '2026-01-31T00:00Z'"));
    }

    private static AuditPlan plan(AuditQuery query) throws Exception {
        try (Connection connection = DATABASE.database().connection();
                PreparedStatement explain = AuditSearchTable.conditions(query)
                        .prepare(connection, AuditPlan.EXPLAIN + AuditSearchTable.FIND, query.limit() + 1)) {
            return AuditPlan.of(explain);
        }
    }

    private static AuditPlan plan(RollUpQuery query) throws Exception {
        try (Connection connection = DATABASE.database().connection();
                PreparedStatement explain = AuditSearchTable.conditions(query)
                        .prepare(connection, AuditPlan.EXPLAIN + AuditSearchTable.sumUp(query), RollUpQuery.MOST)) {
            return AuditPlan.of(explain);
        }
    }
}
