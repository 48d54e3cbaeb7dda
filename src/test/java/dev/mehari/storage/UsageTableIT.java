package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.TestDatabase;
import dev.mehari.usage.ModelPattern;
import dev.mehari.usage.ModelPrice;
import dev.mehari.usage.UsageQuery;
import dev.mehari.usage.UsageRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

        assertThat(all()).containsExactly(row(1, "a", 17), row(1, "b", 5));
    }

    @Test
    void adds_a_batch_that_is_sent_again_once() throws Exception {
        TABLE.add(WRITER, 1, List.of(row(1, "a", 3)));
        TABLE.add(WRITER, 1, List.of(row(1, "a", 3)));
        TABLE.add(WRITER, 2, List.of(row(1, "a", 1)));
        TABLE.add(WRITER, 2, List.of(row(1, "a", 1)));

        assertThat(all()).containsExactly(row(1, "a", 4));
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

        assertThat(all()).containsExactly(row(1, "a", 7));
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

        assertThat(all()).containsExactly(row(1, "a", 7));
    }

    @Test
    void finds_by_key_model_and_days() throws Exception {
        TABLE.add(WRITER, 1, List.of(row(1, "a", 1), row(1, "b", 2), row(2, "a", 3)));

        assertThat(TABLE.find(new UsageQuery(1L, null, DAY, DAY))).hasSize(2);
        assertThat(TABLE.find(new UsageQuery(null, "a", DAY, DAY))).hasSize(2);
        assertThat(TABLE.find(new UsageQuery(2L, "b", DAY, DAY))).isEmpty();
        assertThat(TABLE.find(new UsageQuery(null, null, DAY.plusDays(1), DAY.plusDays(9))))
                .isEmpty();
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

    private static List<UsageRow> all() throws StorageUnavailable {
        return TABLE.find(new UsageQuery(null, null, DAY, DAY));
    }

    /** Every count is another, so that a mix-up of columns shows. */
    private static UsageRow row(long key, String model, long calls) {
        return new UsageRow(
                key, model, DAY, calls, 2 * calls, 3 * calls, 4 * calls, 5 * calls, 6 * calls, 7 * calls, 8 * calls);
    }
}
