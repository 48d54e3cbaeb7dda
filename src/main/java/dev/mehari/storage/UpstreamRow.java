package dev.mehari.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.caller.AllowList;
import dev.mehari.exchange.Dialect;
import dev.mehari.upstream.UpstreamEntry;
import dev.mehari.upstream.UpstreamFields;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Choice;
import dev.mehari.upstream.UpstreamOptions.Probe;
import dev.mehari.upstream.UpstreamOptions.Timeouts;
import dev.mehari.upstream.UpstreamOptions.Trust;
import dev.mehari.upstream.UpstreamStore.Failed;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row of {@code upstream}, from and to what features know of an upstream. */
final class UpstreamRow {
    /** Columns that {@link #bind} fills, in its order. */
    static final List<String> FIELDS = List.of(
            "name",
            "dialect",
            "base_url",
            "forward_proxy",
            "enabled",
            "priority",
            "weight",
            "max_concurrent",
            "models",
            "aliases",
            "choice",
            "rotation_calls",
            "sticky_ms",
            "connect_timeout_ms",
            "first_byte_timeout_ms",
            "idle_timeout_ms",
            "total_timeout_ms",
            "tls_authority",
            "tls_verify",
            "probe_interval_ms",
            "probe_model");
    /** Columns that {@link #entry} reads. */
    static final String ENTRY =
            "id, declared, failed_at, failed_reason, created_at, updated_at, " + String.join(", ", FIELDS);

    private static final ObjectMapper JSON = new ObjectMapper();

    private UpstreamRow() {}

    /** A parameter for each of {@link #FIELDS}. */
    static String parameters() {
        return String.join(
                ", ",
                FIELDS.stream()
                        .map(field -> field.equals("aliases") ? "?::jsonb" : "?")
                        .toList());
    }

    static UpstreamEntry entry(ResultSet row) throws SQLException {
        Instant failedAt = KeyRow.instant(row, "failed_at");
        String reason = row.getString("failed_reason");
        UpstreamFields fields = fields(row);
        return new UpstreamEntry(
                row.getLong("id"),
                fields,
                row.getBoolean("declared"),
                failedAt == null ? null : new Failed(fields.name(), reason == null ? "" : reason, failedAt),
                Objects.requireNonNull(KeyRow.instant(row, "created_at")),
                Objects.requireNonNull(KeyRow.instant(row, "updated_at")));
    }

    static UpstreamFields fields(ResultSet row) throws SQLException {
        long probeMillis = row.getLong("probe_interval_ms");
        UpstreamOptions options = new UpstreamOptions(
                row.getInt("priority"),
                row.getInt("weight"),
                row.getInt("max_concurrent"),
                new AllowList(List.of((String[]) row.getArray("models").getArray())),
                aliases(row.getString("aliases")),
                Choice.valueOf(constant(row.getString("choice"))),
                row.getInt("rotation_calls"),
                Duration.ofMillis(row.getLong("sticky_ms")),
                new Timeouts(
                        millis(row, "connect_timeout_ms"),
                        millis(row, "first_byte_timeout_ms"),
                        millis(row, "idle_timeout_ms"),
                        millis(row, "total_timeout_ms")),
                new Trust(row.getString("tls_authority"), row.getBoolean("tls_verify")),
                probeMillis == 0 ? null : new Probe(Duration.ofMillis(probeMillis), row.getString("probe_model")));
        return new UpstreamFields(
                row.getString("name"),
                Dialect.valueOf(constant(row.getString("dialect"))),
                row.getString("base_url"),
                row.getString("forward_proxy"),
                row.getBoolean("enabled"),
                options);
    }

    /** Fills the parameters of {@link #FIELDS}; returns the number of the next one. */
    static int bind(PreparedStatement statement, int first, UpstreamFields fields) throws SQLException {
        UpstreamOptions options = fields.options();
        Probe probe = options.probe();
        int i = first;
        statement.setString(i++, fields.name());
        statement.setString(i++, text(fields.dialect()));
        statement.setString(i++, fields.baseUrl());
        statement.setString(i++, fields.forwardProxy());
        statement.setBoolean(i++, fields.enabled());
        statement.setInt(i++, options.priority());
        statement.setInt(i++, options.weight());
        statement.setInt(i++, options.maxConcurrent());
        statement.setArray(
                i++,
                statement
                        .getConnection()
                        .createArrayOf("text", options.models().patterns().toArray()));
        statement.setString(i++, json(options.aliases()));
        statement.setString(i++, text(options.choice()));
        statement.setInt(i++, options.rotationCalls());
        statement.setLong(i++, options.sticky().toMillis());
        bind(statement, i++, options.timeouts().connect());
        bind(statement, i++, options.timeouts().firstByte());
        bind(statement, i++, options.timeouts().idle());
        bind(statement, i++, options.timeouts().total());
        statement.setString(i++, options.trust().authority());
        statement.setBoolean(i++, options.trust().verify());
        statement.setLong(i++, probe == null ? 0 : probe.interval().toMillis());
        statement.setString(i++, probe == null ? null : probe.model());
        return i;
    }

    private static void bind(PreparedStatement statement, int index, @Nullable Duration time) throws SQLException {
        if (time == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, time.toMillis());
        }
    }

    private static @Nullable Duration millis(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Duration.ofMillis(millis);
    }

    /** {@code LEAST_RECENTLY_USED} as {@code least-recently-used}. */
    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String constant(String text) {
        return text.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static Map<String, String> aliases(String json) throws SQLException {
        try {
            return JSON.readValue(json, new TypeReference<Map<String, String>>() {});
        } catch (JsonProcessingException odd) {
            throw new SQLException("the aliases of an upstream are not from text to text", odd);
        }
    }

    private static String json(Map<String, String> aliases) throws SQLException {
        try {
            return JSON.writeValueAsString(aliases);
        } catch (JsonProcessingException impossible) {
            throw new SQLException("aliases cannot be written", impossible);
        }
    }
}
