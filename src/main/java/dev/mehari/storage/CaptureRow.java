package dev.mehari.storage;

import dev.mehari.answer.EndedCall;
import dev.mehari.capture.BodyFacts;
import dev.mehari.capture.CapturedCall;
import dev.mehari.exchange.CallRecord;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Locale;

/** A row of {@code captured_call}, without its bodies. */
final class CaptureRow {
    /** What {@link #read} reads and {@link #bind} fills, in its order. */
    static final String COLUMNS = "at, request_id, key_id, upstream, model, status, outcome, ending, first_byte_ms,"
            + " total_ms, request_type, request_encoding, request_size, request_kept, answer_type, answer_encoding,"
            + " answer_size, answer_kept";
    /** Their parameters. */
    static final String PARAMETERS =
            "?::timestamptz, ?::text, ?::bigint, ?::text, ?::text, ?::smallint, ?::text, ?::text,"
                    + " ?::bigint, ?::bigint, ?::text, ?::text, ?::bigint, ?::int, ?::text, ?::text, ?::bigint, ?::int";

    private CaptureRow() {}

    /** Returns the number of the next parameter. */
    static int bind(PreparedStatement statement, CapturedCall call) throws SQLException {
        int i = 1;
        statement.setObject(i++, AuditRows.time(call.at()));
        statement.setString(i++, call.requestId());
        statement.setLong(i++, call.keyId());
        statement.setString(i++, call.upstream());
        statement.setString(i++, call.model());
        statement.setInt(i++, call.status());
        statement.setString(i++, lower(call.outcome()));
        statement.setString(i++, lower(call.ending()));
        statement.setLong(i++, call.firstByteMillis());
        statement.setLong(i++, call.totalMillis());
        i = bind(statement, i, call.request());
        return bind(statement, i, call.answer());
    }

    private static int bind(PreparedStatement statement, int first, BodyFacts body) throws SQLException {
        int i = first;
        statement.setString(i++, body.type());
        statement.setString(i++, body.encoding());
        statement.setLong(i++, body.size());
        statement.setInt(i++, body.kept());
        return i;
    }

    /**
     * The call of the current row.
     *
     * @throws IllegalArgumentException when it holds what no capture can
     */
    static CapturedCall read(ResultSet row) throws SQLException {
        return new CapturedCall(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("request_id"),
                row.getLong("key_id"),
                row.getString("upstream"),
                row.getString("model"),
                row.getInt("status"),
                EndedCall.Outcome.valueOf(upper(row, "outcome")),
                CallRecord.End.valueOf(upper(row, "ending")),
                row.getLong("first_byte_ms"),
                row.getLong("total_ms"),
                facts(row, "request_"),
                facts(row, "answer_"));
    }

    private static BodyFacts facts(ResultSet row, String part) throws SQLException {
        return new BodyFacts(
                row.getString(part + "type"),
                row.getString(part + "encoding"),
                row.getLong(part + "size"),
                row.getInt(part + "kept"));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String upper(ResultSet row, String column) throws SQLException {
        return row.getString(column).toUpperCase(Locale.ROOT);
    }
}
