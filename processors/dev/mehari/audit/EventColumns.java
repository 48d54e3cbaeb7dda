package dev.mehari.audit;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.TokenUsage;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the parameters of the SQL function {@code audit_write} of sealed events, as headers: an array for each column, and
 * the chain's and the checkpoint's values; named {@code eventColumns}.
 */
public final class EventColumns implements Processor {
    private static final Map<Dialect, String> DIALECTS = names(Dialect.values(), Dialect.class);
    private static final Map<EndedCall.Outcome, String> OUTCOMES =
            names(EndedCall.Outcome.values(), EndedCall.Outcome.class);

    @Override
    public void process(Exchange exchange) {
        SealedEvents sealed = AuditKeys.events(exchange);
        Map<String, Object> headers = exchange.getMessage().getHeaders();
        headers.put("chain", sealed.chain().id());
        headers.put("first", sealed.first());
        headers.put("head", sealed.end().head());
        headers.put("signature", sealed.end().signature());
        headers.put("signedAt", sealed.end().atMicros());
        headers.put("link", sealed.links());
        Columns columns = new Columns(sealed.events().size());
        columns.fill(sealed.events());
        columns.put(headers);
    }

    private static <E extends Enum<E>> Map<E, String> names(E[] constants, Class<E> type) {
        return Arrays.stream(constants)
                .collect(Collectors.toMap(
                        Function.identity(), AuditJson::lower, (one, other) -> one, () -> new EnumMap<>(type)));
    }

    /** Filled event by event: an event's parts lie about in memory, and are fetched once so. */
    private static final class Columns {
        private final long[] at;
        private final String[] requestId;
        private final @Nullable String[] traceId;
        private final long[] keyId;
        private final @Nullable String[] client;
        private final String[] method;
        private final String[] path;
        private final String[] dialect;
        private final @Nullable String[] model;
        private final boolean[] stream;
        private final long[] conversation;
        private final @Nullable String[] upstream;
        private final long[] credentialId;
        private final int[] retries;
        private final String[] outcome;
        private final int[] status;
        private final @Nullable String[] reason;
        private final long[] queueMs;
        private final long[] firstByteMs;
        private final long[] totalMs;
        private final long[] requestBytes;
        private final long[] responseBytes;
        private final int[] inputTokens;
        private final int[] cachedTokens;
        private final int[] cacheWriteTokens;
        private final int[] outputTokens;
        private final int[] reasoningTokens;
        private final boolean[] estimated;
        private final long[] cost;

        Columns(int events) {
            at = new long[events];
            requestId = new String[events];
            traceId = new String[events];
            keyId = new long[events];
            client = new String[events];
            method = new String[events];
            path = new String[events];
            dialect = new String[events];
            model = new String[events];
            stream = new boolean[events];
            conversation = new long[events];
            upstream = new String[events];
            credentialId = new long[events];
            retries = new int[events];
            outcome = new String[events];
            status = new int[events];
            reason = new String[events];
            queueMs = new long[events];
            firstByteMs = new long[events];
            totalMs = new long[events];
            requestBytes = new long[events];
            responseBytes = new long[events];
            inputTokens = new int[events];
            cachedTokens = new int[events];
            cacheWriteTokens = new int[events];
            outputTokens = new int[events];
            reasoningTokens = new int[events];
            estimated = new boolean[events];
            cost = new long[events];
        }

        void fill(List<AuditEvent> events) {
            for (int i = 0; i < at.length; i++) {
                fill(i, events.get(i));
            }
        }

        private void fill(int i, AuditEvent event) {
            AuditEvent.Request request = event.request();
            AuditEvent.Way way = event.way();
            AuditEvent.Result result = event.result();
            AuditEvent.Times times = event.times();
            AuditEvent.Use use = event.use();
            TokenUsage tokens = use.tokens();
            at[i] = event.atMicros();
            requestId[i] = request.id();
            traceId[i] = request.traceId();
            keyId[i] = request.keyId();
            client[i] = request.client();
            method[i] = request.method();
            path[i] = request.path();
            dialect[i] = DIALECTS.get(request.dialect());
            model[i] = request.model();
            stream[i] = request.stream();
            conversation[i] = request.conversation();
            upstream[i] = way.upstream();
            credentialId[i] = way.credentialId();
            retries[i] = way.retries();
            outcome[i] = OUTCOMES.get(result.outcome());
            status[i] = result.status();
            reason[i] = result.reason();
            queueMs[i] = times.queue();
            firstByteMs[i] = times.firstByte();
            totalMs[i] = times.total();
            requestBytes[i] = use.requestBytes();
            responseBytes[i] = use.responseBytes();
            inputTokens[i] = (int) tokens.input();
            cachedTokens[i] = (int) tokens.cachedInput();
            cacheWriteTokens[i] = (int) tokens.cacheWrite();
            outputTokens[i] = (int) tokens.output();
            reasoningTokens[i] = (int) tokens.reasoning();
            estimated[i] = use.estimated();
            cost[i] = use.nanoDollars();
        }

        void put(Map<String, Object> headers) {
            headers.put("at", at);
            headers.put("requestId", requestId);
            headers.put("traceId", traceId);
            headers.put("keyId", keyId);
            headers.put("client", client);
            headers.put("method", method);
            headers.put("path", path);
            headers.put("dialect", dialect);
            headers.put("model", model);
            headers.put("stream", stream);
            headers.put("conversation", conversation);
            headers.put("upstream", upstream);
            headers.put("credentialId", credentialId);
            headers.put("retries", retries);
            headers.put("outcome", outcome);
            headers.put("status", status);
            headers.put("reason", reason);
            headers.put("queueMs", queueMs);
            headers.put("firstByteMs", firstByteMs);
            headers.put("totalMs", totalMs);
            headers.put("requestBytes", requestBytes);
            headers.put("responseBytes", responseBytes);
            headers.put("inputTokens", inputTokens);
            headers.put("cachedTokens", cachedTokens);
            headers.put("cacheWriteTokens", cacheWriteTokens);
            headers.put("outputTokens", outputTokens);
            headers.put("reasoningTokens", reasoningTokens);
            headers.put("estimated", estimated);
            headers.put("cost", cost);
        }
    }
}
