package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.TestDatabase;
import dev.mehari.usage.ModelPattern;
import dev.mehari.usage.ModelPrice;
import dev.mehari.usage.UsageCell;
import dev.mehari.usage.UsageCounts;
import dev.mehari.usage.UsagePart;
import dev.mehari.usage.UsageQuery;
import dev.mehari.usage.UsageRow;
import dev.mehari.usage.UsageSum;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UsageTableIT {
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final UsageTable TABLE = new UsageTable(DATABASE.database());
    private static final PriceTable PRICES = new PriceTable(DATABASE.database());
    private static final LocalDate DAY = LocalDate.of(2026, 1, 31);
    private static final UUID WRITER = new UUID(0, 1);

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.execute("truncate usage_by_day, usage_batch, model_price");
    }

    // row 53
    @Test
    void adds_to_what_is_there() throws Exception {
        TABLE.add(WRITER, 1, List.of(row(1, "a", 3), row(1, "b", 5)));
        TABLE.add(WRITER, 2, List.of(row(1, "a", 4)));
        TABLE.add(new UUID(0, 2), 1, List.of(row(1, "a", 10)));

        assertThat(all()).containsExactly(sum(1, "a", 17), sum(1, "b", 5));
    }

    @Test
    void adds_a_batch_that_is_sent_again_once() throws Exception {
        TABLE.add(WRITER, 1, List.of(row(1, "a", 3)));
        TABLE.add(WRITER, 1, List.of(row(1, "a", 3)));
        TABLE.add(WRITER, 2, List.of(row(1, "a", 1)));
        TABLE.add(WRITER, 2, List.of(row(1, "a", 1)));

        assertThat(all()).containsExactly(sum(1, "a", 4));
    }

    @Test
    void adds_a_batch_once_that_is_sent_again_while_the_first_attempt_still_runs() throws Exception {
        TABLE.add(WRITER, 1, List.of(row(1, "a", 3)));
        try (Connection blocker = DATABASE.database().dataSource().getConnection()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("select from usage_by_day for update");
            var first = CompletableFuture.runAsync(() -> add(2, 4));
            await().until(() -> blocked() == 1);
            var second = CompletableFuture.runAsync(() -> add(2, 4));
            await().until(() -> blocked() == 2);
            blocker.rollback();
            first.join();
            second.join();
        }

        assertThat(all()).containsExactly(sum(1, "a", 7));
    }

    @Test
    void adds_a_batch_once_whose_connection_was_cut() throws Exception {
        TABLE.add(WRITER, 1, List.of(row(1, "a", 3)));
        try (Connection blocker = DATABASE.database().dataSource().getConnection()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("select from usage_by_day for update");
            var first = CompletableFuture.runAsync(() -> add(2, 4));
            await().until(() -> blocked() == 1);
            DATABASE.execute("select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
                    + " and query like '%usage_batch%'");
            assertThatThrownBy(first::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
            blocker.rollback();
        }
        add(2, 4);

        assertThat(all()).containsExactly(sum(1, "a", 7));
    }

    @Test
    void finds_by_key_model_upstream_credential_and_days() throws Exception {
        TABLE.add(WRITER, 1, List.of(row(1, "a", 1), row(1, "b", 2), row(2, "a", 3), row(2, "a", "up", 7, 0, 4)));

        assertThat(find(1L, null, null, null)).hasSize(2);
        assertThat(find(null, "a", null, null)).hasSize(2);
        assertThat(find(2L, "b", null, null)).isEmpty();
        assertThat(find(null, null, "up", null)).containsExactly(sum(2, "a", 4));
        assertThat(find(null, null, "", null)).hasSize(3);
        assertThat(find(2L, null, null, 7L)).containsExactly(sum(2, "a", 4));
        assertThat(find(2L, null, null, 0L)).containsExactly(sum(2, "a", 3));
        assertThat(TABLE.find(
                        new UsageQuery(null, null, null, null, DAY.plusDays(1), DAY.plusDays(9), UsageQuery.USUALLY)))
                .isEmpty();
    }

    // row 53
    @Test
    void adds_up_by_whatever_is_asked_for() throws Exception {
        TABLE.add(
                WRITER,
                1,
                List.of(
                        row(1, "a", "x", 1, 0, 1),
                        row(1, "a", "x", 1, 1, 2),
                        row(1, "a", "x", 2, 0, 4),
                        row(1, "b", "y", 3, 0, 8),
                        row(2, "a", "y", 3, 1, 16)));

        assertThat(by(UsagePart.KEY)).containsExactly("{KEY=1} 15", "{KEY=2} 16");
        assertThat(by(UsagePart.UPSTREAM, UsagePart.CREDENTIAL))
                .containsExactly(
                        "{UPSTREAM=x, CREDENTIAL=1} 3",
                        "{UPSTREAM=x, CREDENTIAL=2} 4",
                        "{UPSTREAM=y, CREDENTIAL=3} 24");
        assertThat(by(UsagePart.DAY, UsagePart.MODEL))
                .containsExactly(
                        "{MODEL=a, DAY=2026-02-01} 18", "{MODEL=a, DAY=2026-01-31} 5", "{MODEL=b, DAY=2026-01-31} 8");
        assertThat(by()).containsExactly("{} 31");
        assertThat(by(UsagePart.values())).hasSize(5);
        DATABASE.execute("truncate usage_by_day");
        assertThat(by()).isEmpty();
    }

    @Test
    void keeps_rows_from_before_upstreams_were_told_apart() {
        String server = DATABASE.url().substring(0, DATABASE.url().indexOf("currentSchema"));
        String schema = "before_" + UUID.randomUUID().toString().replace("-", "");
        FluentConfiguration flyway = Flyway.configure()
                .dataSource(server + "currentSchema=" + schema, null, null)
                .schemas(schema)
                .locations("classpath:db/migration");
        flyway.target("10").load().migrate();
        DATABASE.execute(
                "insert into " + schema + ".usage_by_day values (1, 'a', '2026-01-31', 1, 2, 3, 4, 5, 6, 7, 8)");

        flyway.target(MigrationVersion.LATEST).load().migrate();

        assertThat(DATABASE.query("select concat_ws(' ', key_id, model, day, calls, cost) || upstream || ' '"
                        + " || credential_id from " + schema + ".usage_by_day"))
                .containsExactly("1 a 2026-01-31 1 8 0");
    }

    private static List<String> by(UsagePart... parts) throws StorageUnavailable {
        return TABLE.find(new UsageQuery(null, null, null, null, DAY, DAY.plusDays(1), Set.of(parts))).stream()
                .map(sum -> sum.of() + " " + sum.counts().calls())
                .toList();
    }

    @Test
    void keeps_prices_to_the_last_decimal() throws Exception {
        ModelPrice price = new ModelPrice(new ModelPattern("m*"), 10_000_000_000L, 1, 0, 75_001);

        PRICES.put(new ModelPrice(new ModelPattern("m*"), 1, 1, 1, 1));
        PRICES.put(price);

        assertThat(PRICES.list()).containsExactly(price);
        assertThat(PRICES.delete(new ModelPattern("m*"))).isTrue();
        assertThat(PRICES.delete(new ModelPattern("m*"))).isFalse();
        assertThat(PRICES.list()).isEmpty();
    }

    private static void add(long batch, long calls) {
        try {
            TABLE.add(WRITER, batch, List.of(row(1, "a", calls)));
        } catch (StorageUnavailable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static int blocked() throws SQLException {
        try (Connection connection = DATABASE.database().dataSource().getConnection();
                var rows = connection
                        .createStatement()
                        .executeQuery("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                + " and query like '%usage_batch%'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static List<UsageSum> all() throws StorageUnavailable {
        return find(null, null, null, null);
    }

    private static List<UsageSum> find(Long key, String model, String upstream, Long credential)
            throws StorageUnavailable {
        return TABLE.find(new UsageQuery(key, model, upstream, credential, DAY, DAY, UsageQuery.USUALLY));
    }

    private static UsageSum sum(long key, String model, long calls) {
        return new UsageSum(
                Map.of(UsagePart.KEY, Long.toString(key), UsagePart.MODEL, model, UsagePart.DAY, DAY.toString()),
                counts(calls));
    }

    private static UsageRow row(long key, String model, long calls) {
        return row(key, model, "", 0, 0, calls);
    }

    private static UsageRow row(long key, String model, String upstream, long credential, int later, long calls) {
        return new UsageRow(new UsageCell(key, model, upstream, credential, DAY.plusDays(later)), counts(calls));
    }

    /** Every count is another, so that a mix-up of columns shows. */
    private static UsageCounts counts(long calls) {
        return new UsageCounts(calls, 2 * calls, 3 * calls, 4 * calls, 5 * calls, 6 * calls, 7 * calls, 8 * calls);
    }
}
