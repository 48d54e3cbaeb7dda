package dev.mehari.telemetry;

import dev.mehari.answer.EndedCall;
import dev.mehari.credential.Attempt;
import dev.mehari.credential.AttemptLog;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.inspection.Endpoint;
import dev.mehari.usage.MeteredCall;
import dev.mehari.usage.ModelNames;
import dev.mehari.usage.StreamPace;
import dev.mehari.usage.TokenUsage;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What Mehari sees as a client of its upstreams, under the names of OpenTelemetry's semantic conventions for generative AI
 * (opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics, status "development", read on 2026-11-21). An operation is a
 * call from its first try to the end of its answer, retries included; calls that never reached a try are none.
 *
 * <p>A model's name is the caller's text: the first {@value #MOST_MODELS} that an upstream has answered well have meters of
 * their own, for as long as the process runs, and all others count as {@value #OTHER}.
 */
public final class GenAiMeters implements CallObserver {
    static final int MOST_MODELS = 100;
    static final String OTHER = "other";
    private static final String UNKNOWN = "unknown";

    private final MeterRegistry registry;
    private final Map<Endpoint, Map<String, ModelMeters>> byModel = new EnumMap<>(Endpoint.class);

    public GenAiMeters(MeterRegistry registry) {
        this.registry = registry;
        Map<String, ModelMeters> chats = new ConcurrentHashMap<>();
        byModel.put(Endpoint.CHAT_COMPLETIONS, chats);
        byModel.put(Endpoint.RESPONSES, chats);
        byModel.put(Endpoint.MESSAGES, new ConcurrentHashMap<>());
        byModel.put(Endpoint.EMBEDDINGS, new ConcurrentHashMap<>());
    }

    @Override
    public void begun() {
        // counted when it has ended
    }

    @Override
    public void ended(EndedCall call) {
        // went to no upstream
    }

    @Override
    public void ended(Exchange exchange, EndedCall call) {
        if (!(exchange.getProperty(ExchangeKeys.ENDPOINT) instanceof Endpoint endpoint)
                || !(exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log)) {
            return;
        }
        Map<String, ModelMeters> models = byModel.get(endpoint);
        Attempt last = log.last();
        if (models == null || last == null) {
            return;
        }
        MeteredCall used = (MeteredCall) exchange.getProperty(ExchangeKeys.USED);
        String asked = used == null ? (String) exchange.getProperty(ExchangeKeys.MODEL) : used.model();
        ModelMeters meters = meters(models, endpoint, asked, used != null);
        meters.ended(call, log.attempts().get(0).startedNanos());
        if (used != null && !used.estimated()) {
            TokenUsage tokens = used.tokens();
            meters.used(tokens.total() - tokens.output(), tokens.output());
        }
        if (exchange.getProperty(ExchangeKeys.PACE) instanceof StreamPace pace && pace.pieces() > 0) {
            meters.firstChunk(pace.firstNanos() - last.startedNanos());
        }
    }

    /** @param answered false for a call that failed: it makes no model known */
    private ModelMeters meters(
            Map<String, ModelMeters> models, Endpoint endpoint, @Nullable String asked, boolean answered) {
        String model = asked == null || asked.isEmpty() ? UNKNOWN : asked;
        ModelMeters known = models.get(model);
        if (known != null) {
            return known;
        }
        boolean mayBecomeKnown = answered && models.size() < MOST_MODELS && ModelNames.isSound(model);
        return models.computeIfAbsent(
                mayBecomeKnown || model.equals(UNKNOWN) ? model : OTHER,
                name -> new ModelMeters(registry, operation(endpoint), provider(endpoint), name));
    }

    private static String operation(Endpoint endpoint) {
        return endpoint == Endpoint.EMBEDDINGS ? "embeddings" : "chat";
    }

    /** Which API is spoken; whose model answers, behind the upstream, nobody can say. */
    private static String provider(Endpoint endpoint) {
        return endpoint.dialect() == Dialect.ANTHROPIC ? "anthropic" : "openai";
    }
}
