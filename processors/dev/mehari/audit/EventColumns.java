package dev.mehari.audit;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the parameters of the SQL function {@code audit_write} of sealed events, as headers: an array for each column, and
 * the chain's and the checkpoint's values; named {@code eventColumns}.
 */
public final class EventColumns implements Processor {
    @Override
    public void process(Exchange exchange) {
        SealedEvents sealed = AuditKeys.events(exchange);
        Map<String, Object> headers = exchange.getMessage().getHeaders();
        Columns columns = new Columns(sealed.events(), headers);
        headers.put("chain", sealed.chain().id());
        headers.put("first", sealed.first());
        headers.put("head", sealed.end().head());
        headers.put("signature", sealed.end().signature());
        headers.put("signedAt", sealed.end().atMicros());
        headers.put("link", sealed.links());
        columns.longs("at", AuditEvent::atMicros);
        columns.texts("requestId", event -> event.request().id());
        columns.texts("traceId", event -> event.request().traceId());
        columns.longs("keyId", event -> event.request().keyId());
        columns.texts("client", event -> event.request().client());
        columns.texts("method", event -> event.request().method());
        columns.texts("path", event -> event.request().path());
        columns.texts("dialect", event -> AuditJson.lower(event.request().dialect()));
        columns.texts("model", event -> event.request().model());
        columns.flags("stream", event -> event.request().stream());
        columns.longs("conversation", event -> event.request().conversation());
        columns.texts("upstream", event -> event.way().upstream());
        columns.longs("credentialId", event -> event.way().credentialId());
        columns.ints("retries", event -> event.way().retries());
        columns.texts("outcome", event -> AuditJson.lower(event.result().outcome()));
        columns.ints("status", event -> event.result().status());
        columns.texts("reason", event -> event.result().reason());
        columns.longs("queueMs", event -> event.times().queue());
        columns.longs("firstByteMs", event -> event.times().firstByte());
        columns.longs("totalMs", event -> event.times().total());
        columns.longs("requestBytes", event -> event.use().requestBytes());
        columns.longs("responseBytes", event -> event.use().responseBytes());
        columns.ints("inputTokens", event -> (int) event.use().tokens().input());
        columns.ints("cachedTokens", event -> (int) event.use().tokens().cachedInput());
        columns.ints("cacheWriteTokens", event -> (int) event.use().tokens().cacheWrite());
        columns.ints("outputTokens", event -> (int) event.use().tokens().output());
        columns.ints("reasoningTokens", event -> (int) event.use().tokens().reasoning());
        columns.flags("estimated", event -> event.use().estimated());
        columns.longs("cost", event -> event.use().nanoDollars());
    }

    /** Headers for columns of the same events. */
    private record Columns(List<AuditEvent> events, Map<String, Object> headers) {
        void longs(String name, ToLongFunction<AuditEvent> value) {
            long[] column = new long[events.size()];
            for (int i = 0; i < column.length; i++) {
                column[i] = value.applyAsLong(events.get(i));
            }
            headers.put(name, column);
        }

        void ints(String name, ToIntFunction<AuditEvent> value) {
            int[] column = new int[events.size()];
            for (int i = 0; i < column.length; i++) {
                column[i] = value.applyAsInt(events.get(i));
            }
            headers.put(name, column);
        }

        void flags(String name, Function<AuditEvent, Boolean> value) {
            boolean[] column = new boolean[events.size()];
            for (int i = 0; i < column.length; i++) {
                column[i] = value.apply(events.get(i));
            }
            headers.put(name, column);
        }

        void texts(String name, Function<AuditEvent, @Nullable String> value) {
            @Nullable String[] column = new String[events.size()];
            for (int i = 0; i < column.length; i++) {
                column[i] = value.apply(events.get(i));
            }
            headers.put(name, column);
        }
    }
}
