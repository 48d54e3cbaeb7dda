package dev.mehari.storage;

import dev.mehari.caller.Access;
import dev.mehari.caller.AllowList;
import dev.mehari.caller.CapturePolicy;
import dev.mehari.caller.Expiry;
import dev.mehari.caller.KeyEntry;
import dev.mehari.caller.KeyFields;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.QueueLimit;
import dev.mehari.limits.WindowLimit;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row of {@code api_key}, from and to what features know of a key. */
final class KeyRow {
    /** Columns that {@link #limits} reads. */
    static final String LIMITS =
            "concurrency, requests, requests_window_ms, tokens_per_minute, tokens, tokens_window_ms, cost_daily,"
                    + " cost_weekly, cost_total, queue_size, queue_timeout_ms";
    /** Columns that {@link #bind} fills, in its order. */
    static final List<String> FIELDS = List.of(
            "name",
            "description",
            "tags",
            "owner",
            "enabled",
            "priority",
            "expires_at",
            "expires_after_ms",
            "allowed_models",
            "allowed_clients",
            "allowed_upstreams",
            "concurrency",
            "requests",
            "requests_window_ms",
            "tokens_per_minute",
            "tokens",
            "tokens_window_ms",
            "cost_daily",
            "cost_weekly",
            "cost_total",
            "queue_size",
            "queue_timeout_ms",
            "capture",
            "capture_until");
    /** Columns that {@link #entry} reads. */
    static final String ENTRY = "id, prefix, created_at, activated_at, deleted_at, " + String.join(", ", FIELDS);

    private static final Duration USUAL_WINDOW = Duration.ofMinutes(1);
    private static final Duration USUAL_QUEUE_TIMEOUT = Duration.ofSeconds(10);

    private KeyRow() {}

    static KeyEntry entry(ResultSet row) throws SQLException {
        KeyFields fields = new KeyFields(
                row.getString("name"),
                row.getString("description"),
                list(row, "tags"),
                row.getString("owner"),
                row.getBoolean("enabled"),
                row.getInt("priority"),
                expiry(row),
                access(row),
                limits(row),
                capture(row));
        return new KeyEntry(
                row.getLong("id"),
                row.getString("prefix"),
                fields,
                Objects.requireNonNull(instant(row, "created_at")),
                instant(row, "activated_at"),
                instant(row, "deleted_at"));
    }

    /** A time after the first use counts before a fixed one, should plain SQL have set both. */
    static Expiry expiry(ResultSet row) throws SQLException {
        long afterMillis = row.getLong("expires_after_ms");
        return afterMillis > 0
                ? new Expiry(null, Duration.ofMillis(afterMillis))
                : new Expiry(instant(row, "expires_at"), null);
    }

    static Access access(ResultSet row) throws SQLException {
        Access access = new Access(
                new AllowList(list(row, "allowed_models")),
                new AllowList(list(row, "allowed_clients")),
                new AllowList(list(row, "allowed_upstreams")));
        return access.equals(Access.ALL) ? Access.ALL : access;
    }

    static KeyLimits limits(ResultSet row) throws SQLException {
        int queueSize = row.getInt("queue_size");
        return new KeyLimits(
                row.getInt("concurrency"),
                window(row.getLong("requests"), row.getLong("requests_window_ms")),
                row.getLong("tokens_per_minute"),
                window(row.getLong("tokens"), row.getLong("tokens_window_ms")),
                row.getLong("cost_daily"),
                row.getLong("cost_weekly"),
                row.getLong("cost_total"),
                queueSize == 0 ? null : new QueueLimit(queueSize, Duration.ofMillis(row.getLong("queue_timeout_ms"))));
    }

    /** Whatever is not known keeps nothing. */
    static @Nullable CapturePolicy capture(ResultSet row) throws SQLException {
        Instant until = instant(row, "capture_until");
        for (CapturePolicy.Scope scope : CapturePolicy.Scope.values()) {
            if (until != null && text(scope).equals(row.getString("capture"))) {
                return new CapturePolicy(scope, until);
            }
        }
        return null;
    }

    private static String text(CapturePolicy.Scope scope) {
        return scope.name().toLowerCase(Locale.ROOT);
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** Fills the parameters of {@link #FIELDS}; returns the number of the next one. */
    static int bind(PreparedStatement statement, int first, KeyFields fields) throws SQLException {
        int i = first;
        statement.setString(i++, fields.name());
        statement.setString(i++, fields.description());
        statement.setArray(i++, array(statement, fields.tags()));
        statement.setString(i++, fields.owner());
        statement.setBoolean(i++, fields.enabled());
        statement.setInt(i++, fields.priority());
        Instant at = fields.expiry().at();
        statement.setObject(i++, at == null ? null : at.atOffset(ZoneOffset.UTC));
        Duration after = fields.expiry().afterFirstUse();
        statement.setLong(i++, after == null ? 0 : after.toMillis());
        statement.setArray(i++, array(statement, fields.access().models().patterns()));
        statement.setArray(i++, array(statement, fields.access().clients().patterns()));
        statement.setArray(i++, array(statement, fields.access().upstreams().patterns()));
        i = bind(statement, i, fields.limits());
        CapturePolicy capture = fields.capture();
        statement.setString(i++, capture == null ? "none" : text(capture.scope()));
        statement.setObject(i++, capture == null ? null : capture.until().atOffset(ZoneOffset.UTC));
        return i;
    }

    private static int bind(PreparedStatement statement, int first, KeyLimits limits) throws SQLException {
        int i = first;
        statement.setInt(i++, limits.concurrency());
        i = bind(statement, i, limits.requests());
        statement.setLong(i++, limits.tokensPerMinute());
        i = bind(statement, i, limits.tokens());
        statement.setLong(i++, limits.dailyNanoDollars());
        statement.setLong(i++, limits.weeklyNanoDollars());
        statement.setLong(i++, limits.totalNanoDollars());
        QueueLimit queue = limits.queue();
        statement.setInt(i++, queue == null ? 0 : queue.size());
        statement.setLong(i++, (queue == null ? USUAL_QUEUE_TIMEOUT : queue.timeout()).toMillis());
        return i;
    }

    private static int bind(PreparedStatement statement, int first, @Nullable WindowLimit limit) throws SQLException {
        statement.setLong(first, limit == null ? 0 : limit.most());
        statement.setLong(first + 1, (limit == null ? USUAL_WINDOW : limit.window()).toMillis());
        return first + 2;
    }

    private static @Nullable WindowLimit window(long most, long millis) {
        return most == 0 ? null : new WindowLimit(most, Duration.ofMillis(millis));
    }

    private static Array array(PreparedStatement statement, List<String> texts) throws SQLException {
        return statement.getConnection().createArrayOf("text", texts.toArray());
    }

    static List<String> list(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }
}
