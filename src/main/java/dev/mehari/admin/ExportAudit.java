package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.audit.proof.AuditExport;
import dev.mehari.audit.proof.ExportLines;
import dev.mehari.audit.proof.ExportPage;
import dev.mehari.audit.proof.ExportPosition;
import dev.mehari.failure.StorageUnavailable;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Answers {@code GET /api/audit/export} with a page of the whole audit as lines of JSON: chains, events, checkpoints and gaps.
 * The last line of a page says where to go on, {@code {"type":"more","after":"..."}}, that of the last page
 * {@code {"type":"end"}}. A page has 1,000 events unless {@code limit} says another number up to 10,000. Named
 * {@code exportAudit}.
 */
public final class ExportAudit extends AdminResource {
    private static final int USUAL = 1_000;
    private static final int MOST = 10_000;

    private final AuditExport export;

    public ExportAudit(AuditExport export) {
        this.export = export;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AuditFilters filters = new AuditFilters(new AdminRequest(exchange).filters(Set.of("after", "limit")));
        ExportPage page =
                export.page(filters.parsed("after", ExportPosition::parse), filters.limit("limit", USUAL, MOST));
        StringBuilder lines = new StringBuilder();
        page.records().forEach(one -> lines.append(ExportLines.write(one)).append('\n'));
        ExportPosition next = page.next();
        if (next != null) {
            lines.append(JsonNodeFactory.instance
                            .objectNode()
                            .put("type", "more")
                            .put("after", next.toString()))
                    .append('\n');
        }
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        message.setHeader(Exchange.CONTENT_TYPE, "application/x-ndjson");
        message.setHeader("Cache-Control", "no-store");
        message.setHeader("X-Content-Type-Options", "nosniff");
        message.setBody(lines.toString().getBytes(UTF_8));
    }
}
