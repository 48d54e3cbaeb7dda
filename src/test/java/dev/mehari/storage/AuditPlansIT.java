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
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditPlansIT {
    private static final int EVENTS = 50_000;
    private static final LocalDate DAY = LocalDate.parse("2026-01-27");
    private static final int CHEAP = 2_000;
    private static final int PAGES_OF_INDEX = 450;
    private static final Duration LONG = Duration.ofDays(9_000);

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static Map<String, AuditQuery> searches;

    @BeforeAll
    static void fill() throws Exception {
        AuditFill fill = new AuditFill(DATABASE, DAY, 5, EVENTS);
        fill.fill();
        searches = AuditQueries.searches(fill);
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

        assertThat(plan.scans()).doesNotContain("terms", "table");
        assertThat(plan.read()).isLessThanOrEqualTo(CHEAP);
        assertThat(plan(searches.get(name + ", deep")).read()).isLessThanOrEqualTo(CHEAP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key of 0.002 %",
                "key, unknown",
                "upstream, rare",
                "upstream, unknown",
                "credential, rare",
                "credential, unknown",
                "model, rare",
                "status 204",
                "status 418",
                "status 3xx",
                "status 0",
                "request id",
                "request id, unknown",
                "request id and key of another",
                "trace id",
                "trace id, unknown"
            })
    void what_few_events_have_is_read_by_terms(String name) throws Exception {
        AuditPlan plan = plan(searches.get(name));

        assertThat(plan.scans()).contains("terms").doesNotContain("table");
        assertThat(plan.read()).isLessThan(CHEAP + EVENTS / 10);
        assertThat(plan(searches.get(name + ", deep")).read()).isLessThan(CHEAP + EVENTS / 10);
    }

    @Test
    void no_search_reads_an_event_twice() throws Exception {
        SoftAssertions each = new SoftAssertions();
        for (Map.Entry<String, AuditQuery> one : searches.entrySet()) {
            AuditPlan plan = plan(one.getValue());
            each.assertThat(plan.scans()).as(one.getKey()).doesNotContain("table");
            each.assertThat(plan.read()).as(one.getKey()).isLessThan(EVENTS + 15 * PAGES_OF_INDEX);
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

        Instant hour = DAY.plusDays(2).atStartOfDay().toInstant(ZoneOffset.UTC);
        AuditPlan plan = plan(new RollUpQuery(
                RollUpQuery.Span.HOUR, hour, hour.plus(Duration.ofHours(1)), null, null, null, null, Set.of()));

        assertThat(plan.scans()).containsOnly("audit_hour_start backwards");
        assertThat(plan.read())
                .as("once to find the last sum that is asked for, once to sum up")
                .isEqualTo(2L * DATABASE.number("select count(*) from audit_hour where start = '" + hour + "'"));
    }

    private static AuditPlan plan(AuditQuery query) throws Exception {
        try (Connection connection = DATABASE.database().connection()) {
            return AuditPlan.of(connection, new AuditEventSearch(CHEAP), query);
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
