package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.CounterStore;
import dev.mehari.limits.KeyCounters;
import dev.mehari.limits.KeyCounters.Counter;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;

/** What keys have used, in the table {@code limit_state}; used by its primary key only. */
public final class LimitStateTable implements CounterStore {
    private static final long MINUTE = 60_000;
    private static final long DAY = 86_400_000;
    private static final long WEEK = 7 * DAY;

    private static final String SELECT = """
            select s.key_id, a.requests_window_ms, a.tokens_window_ms, s.requests_window, s.requests_used, s.minute_window,
                   s.minute_used, s.tokens_window, s.tokens_used, s.day_window, s.day_used, s.week_window, s.week_used,
                   s.total_used
              from limit_state s join api_key a on a.id = s.key_id
             where greatest(s.requests_used, s.minute_used, s.tokens_used, s.day_used, s.week_used, s.total_used) > 0
            """;
    private static final String UPDATE = """
            update limit_state s
               set requests_window = u.requests_window, requests_used = u.requests_used,
                   minute_window = u.minute_window, minute_used = u.minute_used,
                   tokens_window = u.tokens_window, tokens_used = u.tokens_used,
                   day_window = u.day_window, day_used = u.day_used,
                   week_window = u.week_window, week_used = u.week_used, total_used = u.total_used
              from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                          ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
                   u(key_id, requests_window, requests_used, minute_window, minute_used, tokens_window, tokens_used,
                     day_window, day_used, week_window, week_used, total_used)
             where s.key_id = u.key_id
            """;
    /** In the order of the update's parameters. */
    private static final List<ToLongFunction<KeyCounters>> COLUMNS = List.of(
            KeyCounters::keyId,
            key -> key.requests().window(),
            key -> key.requests().used(),
            key -> key.minute().window(),
            key -> key.minute().used(),
            key -> key.tokens().window(),
            key -> key.tokens().used(),
            key -> key.day().window(),
            key -> key.day().used(),
            key -> key.week().window(),
            key -> key.week().used(),
            KeyCounters::total);

    private final Database database;

    public LimitStateTable(Database database) {
        this.database = database;
    }

    @Override
    public List<KeyCounters> load() throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(SELECT);
                ResultSet rows = select.executeQuery()) {
            List<KeyCounters> all = new ArrayList<>();
            while (rows.next()) {
                all.add(new KeyCounters(
                        rows.getLong("key_id"),
                        counter(rows, "requests", rows.getLong("requests_window_ms")),
                        counter(rows, "minute", MINUTE),
                        counter(rows, "tokens", rows.getLong("tokens_window_ms")),
                        counter(rows, "day", DAY),
                        counter(rows, "week", WEEK),
                        rows.getLong("total_used")));
            }
            return all;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading what keys have used", failure);
        }
    }

    @Override
    public void save(Collection<KeyCounters> counters) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement update = connection.prepareStatement(UPDATE)) {
            for (int i = 0; i < COLUMNS.size(); i++) {
                ToLongFunction<KeyCounters> column = COLUMNS.get(i);
                Object[] values =
                        counters.stream().map(key -> column.applyAsLong(key)).toArray();
                Array array = connection.createArrayOf("bigint", values);
                update.setArray(i + 1, array);
            }
            update.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("saving what keys have used", failure);
        }
    }

    private static Counter counter(ResultSet row, String name, long lengthMillis) throws SQLException {
        return new Counter(row.getLong(name + "_window"), lengthMillis, row.getLong(name + "_used"));
    }
}
