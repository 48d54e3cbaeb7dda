package dev.mehari.telemetry.traces;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.inspection.Endpoint;
import dev.mehari.usage.MeteredCall;
import dev.mehari.usage.TokenUsage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the span of a call says, by the semantic conventions for HTTP and for generative AI (OpenTelemetry 1.37,
 * opentelemetry.io/docs/specs/semconv); what they have no name for begins with {@code mehari.}.
 *
 * @param path as asked for; said only where it is one that Mehari knows
 * @param model as the request named it; null for none
 * @param keyId of the caller's key; null for none
 * @param requestId null for none
 * @param queueMillis null where the call did not come as far as the queue
 * @param tries how often an upstream was asked
 * @param used null where nothing is known of tokens
 */
record CallDescription(
        EndedCall ended,
        String method,
        String path,
        @Nullable String model,
        @Nullable String keyId,
        @Nullable String requestId,
        @Nullable Long queueMillis,
        int tries,
        @Nullable MeteredCall used)
        implements FinishedSpan.Described {
    private static final int LONGEST = 200;
    private static final double NANO = 1e-9;
    private static final long NANOS_PER_MILLI = 1_000_000;

    @Override
    public String name() {
        return SpanName.of(method, path);
    }

    @Override
    public boolean isError() {
        return ended.record().status() >= 500 || ended.record().end() == CallRecord.End.BROKEN;
    }

    @Override
    public Attributes attributes() {
        CallRecord record = ended.record();
        Endpoint endpoint = Endpoint.at(path);
        AttributesBuilder all = Attributes.builder();
        SpanName.describe(all, method, endpoint);
        all.put("url.scheme", "http");
        if (record.status() != 0) {
            all.put("http.response.status_code", (long) record.status());
        }
        all.put("http.request.body.size", record.requestBytes());
        all.put("http.response.body.size", record.responseBytes());
        String error = error();
        if (error != null) {
            all.put("error.type", error);
        }
        describeModel(all, endpoint);
        all.put("mehari.outcome", ended.outcome().name().toLowerCase(Locale.ROOT));
        all.put("mehari.tries", (long) tries);
        if (record.firstByteNanos() != 0) {
            all.put("mehari.first_byte_ms", (record.firstByteNanos() - record.startedNanos()) / NANOS_PER_MILLI);
        }
        if (queueMillis != null) {
            all.put("mehari.queue_ms", queueMillis);
        }
        if (keyId != null) {
            all.put("mehari.key_id", keyId);
        }
        if (requestId != null) {
            all.put("mehari.request_id", requestId);
        }
        return all.build();
    }

    private void describeModel(AttributesBuilder all, @Nullable Endpoint endpoint) {
        String operation = operation(endpoint);
        if (operation != null) {
            all.put("gen_ai.operation.name", operation);
            all.put("gen_ai.provider.name", ended.dialect() == Dialect.ANTHROPIC ? "anthropic" : "openai");
        }
        if (model != null) {
            all.put("gen_ai.request.model", model.length() > LONGEST ? model.substring(0, LONGEST) : model);
        }
        if (used != null) {
            TokenUsage tokens = used.tokens();
            all.put("gen_ai.usage.input_tokens", tokens.total() - tokens.output());
            all.put("gen_ai.usage.output_tokens", tokens.output());
            all.put("mehari.usage.estimated", used.estimated());
            all.put("mehari.usage.cost_usd", (double) used.nanoDollars() * NANO);
        }
    }

    private static @Nullable String operation(@Nullable Endpoint endpoint) {
        if (endpoint == null) {
            return null;
        }
        return switch (endpoint) {
            case CHAT_COMPLETIONS, RESPONSES, MESSAGES -> "chat";
            case EMBEDDINGS -> "embeddings";
            case COUNT_TOKENS, MODELS -> null;
        };
    }

    private @Nullable String error() {
        CallRecord record = ended.record();
        if (ended.failure() != null) {
            return ended.failure().code();
        }
        if (record.end() == CallRecord.End.CLIENT_GONE) {
            return "client_gone";
        }
        if (record.end() == CallRecord.End.BROKEN) {
            return "upstream_broken";
        }
        return record.status() >= 500 ? Integer.toString(record.status()) : null;
    }
}
