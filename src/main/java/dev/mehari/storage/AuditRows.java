package dev.mehari.storage;

import dev.mehari.answer.EndedCall;
import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.AuditRow;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.TokenUsage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Rows of {@code audit_event} as events. */
final class AuditRows {
    /** What {@link #read} reads. */
    static final String COLUMNS = """
            at, chain, sequence, link, request_id, trace_id, key_id, client, method, path, dialect, model, stream, conversation,
            upstream, credential_id, retries, outcome, status, reason, queue_ms, first_byte_ms, total_ms, request_bytes,
            response_bytes, input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, estimated, cost""";

    private AuditRows() {}

    /**
     * The event of the current row.
     *
     * @throws IllegalArgumentException when it holds what no event can
     */
    static AuditRow read(ResultSet row) throws SQLException {
        AuditEvent event = new AuditEvent(
                micros(row.getObject("at", OffsetDateTime.class).toInstant()),
                new AuditEvent.Request(
                        row.getString("request_id"),
                        row.getString("trace_id"),
                        row.getLong("key_id"),
                        row.getString("client"),
                        row.getString("method"),
                        row.getString("path"),
                        Dialect.valueOf(row.getString("dialect").toUpperCase(Locale.ROOT)),
                        row.getString("model"),
                        row.getBoolean("stream"),
                        row.getLong("conversation")),
                new AuditEvent.Way(row.getString("upstream"), row.getLong("credential_id"), row.getInt("retries")),
                new AuditEvent.Result(
                        EndedCall.Outcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
                        row.getInt("status"),
                        row.getString("reason")),
                new AuditEvent.Times(row.getLong("queue_ms"), row.getLong("first_byte_ms"), row.getLong("total_ms")),
                new AuditEvent.Use(
                        row.getLong("request_bytes"),
                        row.getLong("response_bytes"),
                        new TokenUsage(
                                row.getLong("input_tokens"),
                                row.getLong("cached_tokens"),
                                row.getLong("cache_write_tokens"),
                                row.getLong("output_tokens"),
                                row.getLong("reasoning_tokens")),
                        row.getBoolean("estimated"),
                        row.getLong("cost")));
        return new AuditRow(row.getInt("chain"), row.getLong("sequence"), row.getLong("link"), event);
    }

    static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    /** As the driver takes a time with its zone. */
    static OffsetDateTime time(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }

    /** As the driver takes a time with its zone, from microseconds since 1970. */
    static OffsetDateTime time(long micros) {
        return time(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }
}
