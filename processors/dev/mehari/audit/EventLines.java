package dev.mehari.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Makes text of sealed events, for sinks other than the table: a line of JSON for each event, with the instance's id, and one
 * for the checkpoint at the end, or one for events that are lost; named {@code eventLines}.
 */
public final class EventLines implements Processor {
    private static final HexFormat HEX = HexFormat.of();
    private static final int NANO = 9;

    private final AuditSigner signer;

    public EventLines(AuditSigner signer) {
        this.signer = signer;
    }

    @Override
    public void process(Exchange exchange) {
        ChainPart part = AuditKeys.part(exchange);
        exchange.getMessage().setBody(part instanceof DroppedEvents lost ? text(lost) : text((SealedEvents) part));
    }

    /** The lines of {@code sealed}. */
    public static String text(SealedEvents sealed) {
        StringBuilder lines = new StringBuilder();
        List<AuditEvent> events = sealed.events();
        for (int i = 0; i < events.size(); i++) {
            ObjectNode line =
                    line(sealed).put("sequence", sealed.first() + i).put("link", HEX.toHexDigits(sealed.links()[i]));
            put(events.get(i), line);
            lines.append(line).append('\n');
        }
        Checkpoint end = sealed.end();
        lines.append(line(sealed)
                        .put("checkpoint", end.sequence())
                        .put("head", HEX.formatHex(end.head()))
                        .put("signature", HEX.formatHex(end.signature()))
                        .put("at", time(end.atMicros())))
                .append('\n');
        return lines.toString();
    }

    private String text(DroppedEvents lost) {
        return line(lost)
                        .put("lost_first", lost.first())
                        .put("lost_last", lost.last())
                        .put("before", HEX.formatHex(lost.before()))
                        .put("after", HEX.formatHex(lost.after()))
                        .put("reason", lost.reason().text())
                        .put("signature", HEX.formatHex(signer.sign(lost.signed())))
                + "\n";
    }

    private static ObjectNode line(ChainPart part) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("instance", part.chain().instance().toString());
    }

    private static void put(AuditEvent event, ObjectNode line) {
        AuditEvent.Request request = event.request();
        AuditEvent.Use use = event.use();
        line.put("at", time(event.atMicros()))
                .put("request_id", request.id())
                .put("trace_id", request.traceId())
                .put("key_id", Long.toString(request.keyId()))
                .put("client", request.client())
                .put("method", request.method())
                .put("path", request.path())
                .put("dialect", EventColumns.name(request.dialect()))
                .put("model", request.model())
                .put("stream", request.stream())
                .put("conversation", HEX.toHexDigits(request.conversation()))
                .put("upstream", event.way().upstream())
                .put("credential_id", Long.toString(event.way().credentialId()))
                .put("retries", event.way().retries())
                .put("outcome", EventColumns.name(event.result().outcome()))
                .put("status", event.result().status())
                .put("reason", event.result().reason())
                .put("queue_ms", millis(event.times().queue()))
                .put("first_byte_ms", millis(event.times().firstByte()))
                .put("total_ms", millis(event.times().total()))
                .put("request_bytes", use.requestBytes())
                .put("response_bytes", use.responseBytes())
                .put("input_tokens", use.tokens().input())
                .put("cached_tokens", use.tokens().cachedInput())
                .put("cache_write_tokens", use.tokens().cacheWrite())
                .put("output_tokens", use.tokens().output())
                .put("reasoning_tokens", use.tokens().reasoning())
                .put("estimated", use.estimated())
                .put("cost", BigDecimal.valueOf(use.nanoDollars(), NANO).toPlainString());
    }

    private static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }

    private static @Nullable Long millis(long millis) {
        return millis < 0 ? null : millis;
    }
}
