package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.UsageQuery;
import dev.mehari.usage.UsageRow;
import dev.mehari.usage.UsageStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Usage in the table {@code usage_by_day}. A batch is one statement: it changes its writer's row in {@code usage_batch},
 * which is locked until the end of that statement on whatever connection it runs, and adds to the sums only if that row had
 * a smaller number. Queries by day rely on the index {@code usage_by_day_day}, those by key on the primary key.
 */
public final class UsageTable implements UsageStore {
    private static final String ADD = """
            with fresh as (
                insert into usage_batch (writer, number) values (?, ?)
                on conflict (writer) do update set number = excluded.number, written_at = now()
                where usage_batch.number < excluded.number
                returning 1
            )
            insert into usage_by_day (key_id, model, day, calls, estimated_calls, input_tokens, cached_tokens,
                cache_write_tokens, output_tokens, reasoning_tokens, cost)
            select added.* from fresh, unnest(?::bigint[], ?::text[], ?::date[], ?::bigint[], ?::bigint[], ?::bigint[],
                ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]) as added
            on conflict (key_id, model, day) do update set
                calls = usage_by_day.calls + excluded.calls,
                estimated_calls = usage_by_day.estimated_calls + excluded.estimated_calls,
                input_tokens = usage_by_day.input_tokens + excluded.input_tokens,
                cached_tokens = usage_by_day.cached_tokens + excluded.cached_tokens,
                cache_write_tokens = usage_by_day.cache_write_tokens + excluded.cache_write_tokens,
                output_tokens = usage_by_day.output_tokens + excluded.output_tokens,
                reasoning_tokens = usage_by_day.reasoning_tokens + excluded.reasoning_tokens,
                cost = usage_by_day.cost + excluded.cost
            """;

    private static final String FIND = """
            select key_id, model, day, calls, estimated_calls, input_tokens, cached_tokens, cache_write_tokens,
                output_tokens, reasoning_tokens, cost
            from usage_by_day
            where day between ? and ? and (?::bigint is null or key_id = ?) and (?::text is null or model = ?)
            order by day desc, key_id, model
            """;

    /** Longer than any instance goes on trying to write one batch. */
    private static final String FORGET = "delete from usage_batch where written_at < now() - interval '30 days'";

    private final Database database;

    public UsageTable(Database database) {
        this.database = database;
    }

    @Override
    public void add(UUID writer, long batch, List<UsageRow> rows) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(ADD)) {
            if (batch == 1) {
                forgetOldWriters(connection);
            }
            insert.setObject(1, writer);
            insert.setLong(2, batch);
            insert.setArray(3, longs(connection, rows, UsageRow::keyId));
            insert.setArray(4, connection.createArrayOf("text", column(rows, UsageRow::model)));
            insert.setArray(
                    5,
                    connection.createArrayOf(
                            "date", column(rows, row -> row.day().toString())));
            insert.setArray(6, longs(connection, rows, UsageRow::calls));
            insert.setArray(7, longs(connection, rows, UsageRow::estimatedCalls));
            insert.setArray(8, longs(connection, rows, UsageRow::inputTokens));
            insert.setArray(9, longs(connection, rows, UsageRow::cachedTokens));
            insert.setArray(10, longs(connection, rows, UsageRow::cacheWriteTokens));
            insert.setArray(11, longs(connection, rows, UsageRow::outputTokens));
            insert.setArray(12, longs(connection, rows, UsageRow::reasoningTokens));
            insert.setArray(13, longs(connection, rows, UsageRow::nanoDollars));
            insert.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("writing usage", failure);
        }
    }

    private static void forgetOldWriters(Connection connection) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
            delete.executeUpdate();
        }
    }

    private static java.sql.Array longs(Connection connection, List<UsageRow> rows, ToLongFunction<UsageRow> value)
            throws SQLException {
        return connection.createArrayOf(
                "bigint", rows.stream().mapToLong(value).boxed().toArray());
    }

    private static Object[] column(List<UsageRow> rows, Function<UsageRow, Object> value) {
        return rows.stream().map(value).toArray();
    }

    @Override
    public List<UsageRow> find(UsageQuery query) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(FIND)) {
            select.setObject(1, query.from());
            select.setObject(2, query.to());
            select.setObject(3, query.keyId(), Types.BIGINT);
            select.setObject(4, query.keyId(), Types.BIGINT);
            select.setString(5, query.model());
            select.setString(6, query.model());
            List<UsageRow> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(row(rows));
                }
            }
            return found;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading usage", failure);
        }
    }

    private static UsageRow row(ResultSet row) throws SQLException {
        return new UsageRow(
                row.getLong("key_id"),
                row.getString("model"),
                row.getObject("day", LocalDate.class),
                row.getLong("calls"),
                row.getLong("estimated_calls"),
                row.getLong("input_tokens"),
                row.getLong("cached_tokens"),
                row.getLong("cache_write_tokens"),
                row.getLong("output_tokens"),
                row.getLong("reasoning_tokens"),
                row.getLong("cost"));
    }
}
