package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.audit.AuditJson;
import dev.mehari.audit.AuditRow;
import java.util.List;

/** Events of the audit as a table: the fields of their JSON, those without a value empty. */
final class AuditCsv {
    static final List<String> HEADS = List.of(
            "chain",
            "sequence",
            "link",
            "at",
            "request_id",
            "trace_id",
            "key_id",
            "client",
            "method",
            "path",
            "dialect",
            "model",
            "stream",
            "conversation",
            "upstream",
            "credential_id",
            "retries",
            "outcome",
            "status",
            "reason",
            "queue_ms",
            "first_byte_ms",
            "total_ms",
            "request_bytes",
            "response_bytes",
            "input_tokens",
            "cached_tokens",
            "cache_write_tokens",
            "output_tokens",
            "reasoning_tokens",
            "estimated",
            "cost");

    private AuditCsv() {}

    /** A line of names, and one for each of {@code rows}. */
    static String of(List<AuditRow> rows) {
        CsvTable table = new CsvTable();
        table.row(HEADS);
        for (AuditRow row : rows) {
            JsonNode json = AuditJson.of(row);
            table.row(HEADS.stream().map(head -> cell(json.path(head))).toList());
        }
        return table.toString();
    }

    private static String cell(JsonNode value) {
        return value.isNull() ? "" : value.asText();
    }
}
