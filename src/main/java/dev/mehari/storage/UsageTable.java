package dev.mehari.storage;

import static java.util.stream.Collectors.joining;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.UsageCounts;
import dev.mehari.usage.UsagePart;
import dev.mehari.usage.UsageQuery;
import dev.mehari.usage.UsageRow;
import dev.mehari.usage.UsageStore;
import dev.mehari.usage.UsageSum;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

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
            insert into usage_by_day (key_id, model, upstream, credential_id, day, calls, estimated_calls, input_tokens, cached_tokens,
                cache_write_tokens, output_tokens, reasoning_tokens, cost)
            select added.* from fresh, unnest(?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::date[], ?::bigint[], ?::bigint[], ?::bigint[],
                ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]) as added
            on conflict (key_id, model, upstream, credential_id, day) do update set
                calls = usage_by_day.calls + excluded.calls,
                estimated_calls = usage_by_day.estimated_calls + excluded.estimated_calls,
                input_tokens = usage_by_day.input_tokens + excluded.input_tokens,
                cached_tokens = usage_by_day.cached_tokens + excluded.cached_tokens,
                cache_write_tokens = usage_by_day.cache_write_tokens + excluded.cache_write_tokens,
                output_tokens = usage_by_day.output_tokens + excluded.output_tokens,
                reasoning_tokens = usage_by_day.reasoning_tokens + excluded.reasoning_tokens,
                cost = usage_by_day.cost + excluded.cost
            """;

    /** The parts that are told apart come in front of it, and behind it as groups. */
    private static final String FIND = """
            sum(calls)::bigint, sum(estimated_calls)::bigint, sum(input_tokens)::bigint, sum(cached_tokens)::bigint,
                sum(cache_write_tokens)::bigint, sum(output_tokens)::bigint, sum(reasoning_tokens)::bigint,
                sum(cost)::bigint
            from usage_by_day
            where day between ? and ? and (?::bigint is null or key_id = ?) and (?::text is null or model = ?)
                and (?::text is null or upstream = ?) and (?::bigint is null or credential_id = ?)
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
            insert.setArray(3, longs(connection, rows, row -> row.cell().keyId()));
            insert.setArray(4, texts(connection, "text", rows, row -> row.cell().model()));
            insert.setArray(5, texts(connection, "text", rows, row -> row.cell().upstream()));
            insert.setArray(6, longs(connection, rows, row -> row.cell().credentialId()));
            insert.setArray(
                    7, texts(connection, "date", rows, row -> row.cell().day().toString()));
            insert.setArray(8, longs(connection, rows, row -> row.counts().calls()));
            insert.setArray(9, longs(connection, rows, row -> row.counts().estimatedCalls()));
            insert.setArray(10, longs(connection, rows, row -> row.counts().inputTokens()));
            insert.setArray(11, longs(connection, rows, row -> row.counts().cachedTokens()));
            insert.setArray(12, longs(connection, rows, row -> row.counts().cacheWriteTokens()));
            insert.setArray(13, longs(connection, rows, row -> row.counts().outputTokens()));
            insert.setArray(14, longs(connection, rows, row -> row.counts().reasoningTokens()));
            insert.setArray(15, longs(connection, rows, row -> row.counts().nanoDollars()));
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

    private static java.sql.Array texts(
            Connection connection, String type, List<UsageRow> rows, Function<UsageRow, String> value)
            throws SQLException {
        return connection.createArrayOf(type, rows.stream().map(value).toArray());
    }

    @Override
    public List<UsageSum> find(UsageQuery query) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(find(query.by()))) {
            select.setObject(1, query.from());
            select.setObject(2, query.to());
            select.setObject(3, query.keyId(), Types.BIGINT);
            select.setObject(4, query.keyId(), Types.BIGINT);
            select.setString(5, query.model());
            select.setString(6, query.model());
            select.setString(7, query.upstream());
            select.setString(8, query.upstream());
            select.setObject(9, query.credentialId(), Types.BIGINT);
            select.setObject(10, query.credentialId(), Types.BIGINT);
            List<UsageSum> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(sum(rows, query.by()));
                }
            }
            return found;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading usage", failure);
        }
    }

    private static String find(Set<UsagePart> by) {
        if (by.isEmpty()) {
            return "select " + FIND + "having count(*) > 0";
        }
        String columns = by.stream().map(UsageTable::column).collect(joining(", "));
        String order = Stream.concat(
                        by.stream().filter(part -> part == UsagePart.DAY).map(day -> "day desc"),
                        by.stream().filter(part -> part != UsagePart.DAY).map(UsageTable::column))
                .collect(joining(", "));
        return "select " + columns + ", " + FIND + "group by " + columns + " order by " + order;
    }

    private static String column(UsagePart part) {
        return switch (part) {
            case KEY -> "key_id";
            case MODEL -> "model";
            case UPSTREAM -> "upstream";
            case CREDENTIAL -> "credential_id";
            case DAY -> "day";
        };
    }

    private static UsageSum sum(ResultSet row, Set<UsagePart> by) throws SQLException {
        Map<UsagePart, String> of = new EnumMap<>(UsagePart.class);
        int at = 0;
        for (UsagePart part : by) {
            of.put(part, row.getString(++at));
        }
        return new UsageSum(
                of,
                new UsageCounts(
                        row.getLong(++at),
                        row.getLong(++at),
                        row.getLong(++at),
                        row.getLong(++at),
                        row.getLong(++at),
                        row.getLong(++at),
                        row.getLong(++at),
                        row.getLong(++at)));
    }
}
