package dev.mehari.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.exchange.Dialect;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Decides what each request is answered with: which API, whether it fails, and how. Any thread. */
final class Simulation {
    private static final Map<String, Endpoint> ENDPOINTS = Map.of(
            "/v1/chat/completions", new ChatCompletions(),
            "/v1/responses", new Responses(),
            "/v1/embeddings", new Embeddings(),
            "/v1/messages", new Messages(),
            "/v1/messages/count_tokens", new CountTokens());

    private final RequestControls defaults;
    private final Faults faults;
    private final RateLimit rateLimit;
    private final FailedAttempts attempts = new FailedAttempts();
    private final Models models = new Models();
    private final AtomicLong ids = new AtomicLong();
    private final Clock clock;
    private final SimulatorCounters counters;

    Simulation(SimulatorSettings settings, Clock clock, SimulatorCounters counters) {
        defaults = RequestControls.none(settings.pace());
        faults = settings.faults();
        rateLimit = new RateLimit(faults.rateLimit(), faults.rateWindow());
        this.clock = clock;
        this.counters = counters;
    }

    /** Returns 16 hexadecimal digits that no other call has returned. */
    String nextId() {
        long z = ids.incrementAndGet() * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        String digits = Long.toHexString(z ^ (z >>> 31));
        return "0".repeat(16 - digits.length()) + digits;
    }

    RequestControls controls(Incoming request) {
        return RequestControls.of(request.headers(), defaults);
    }

    RequestControls defaultControls() {
        return defaults;
    }

    /** Returns whether equal requests have equal answers, but for their ids. */
    boolean isRepeatable(Incoming request, RequestControls controls) {
        return controls.equals(defaults)
                && !rateLimit.isOn()
                && request.keepAlive()
                && request.http11()
                && ENDPOINTS.containsKey(request.path());
    }

    long nowSeconds() {
        return Math.floorDiv(clock.millis(), 1000L);
    }

    /** Returns the failure that the request is to have, or null. */
    Reply.@Nullable Whole fail(Incoming request, RequestControls controls, RandomGenerator random, String id) {
        int status = controls.status();
        boolean fails;
        if (controls.failTimes() > 0) {
            fails = attempts.failAgain(controls.failKey(), controls.failTimes());
            status = status == 0 ? 503 : status;
        } else if (status != 0) {
            fails = status >= 400;
        } else {
            fails = faults.failRate() > 0 && random.nextDouble() < faults.failRate();
            status = faults.status();
        }
        return fails ? failure(request, status, controls, id) : null;
    }

    private static Reply.Whole failure(Incoming request, int status, RequestControls controls, String id) {
        Map<String, String> headers = Map.of();
        if (controls.retryAfter() != null) {
            headers = Map.of("retry-after", controls.retryAfter());
        } else if (status == 429) {
            headers = Map.of("retry-after", "1");
        }
        return error(request.dialect(), status, "The simulated upstream fails as it was told to", id, headers);
    }

    /** Returns the answer of the API; a request that it does not understand is answered in its shape. */
    Reply answer(Incoming request, RequestControls controls, String id) {
        Map<String, String> limits = Map.of();
        if (rateLimit.isOn()) {
            RateLimit.Budget budget = rateLimit.take(request.account(), clock.instant());
            limits = budget.headers(request.dialect());
            if (!budget.allowed()) {
                counters.rateLimited.increment();
                return error(request.dialect(), 429, "Rate limit reached; wait for its reset.", id, limits);
            }
        }
        try {
            return withHeaders(answerOf(request, controls, id), limits);
        } catch (InvalidRequest e) {
            return error(request.dialect(), 400, String.valueOf(e.getMessage()), id, limits);
        }
    }

    private Reply answerOf(Incoming request, RequestControls controls, String id) {
        String path = request.path();
        Endpoint endpoint = ENDPOINTS.get(path);
        if (endpoint != null) {
            if (!request.method().equals("POST")) {
                return wrongMethod(request, "POST", id);
            }
            return endpoint.answer(
                    Json.readObject(request.body()), controls.pace().sseEvents(), id, nowSeconds());
        }
        if (path.equals(Models.PATH) || path.startsWith(Models.PATH + "/")) {
            if (!request.method().equals("GET")) {
                return wrongMethod(request, "GET", id);
            }
            return models.answer(path, request.dialect())
                    .<Reply>map(model -> Reply.Whole.ok(model, 0))
                    .orElseGet(() -> error(request.dialect(), 404, "The model does not exist", id, Map.of()));
        }
        return error(request.dialect(), 404, "Unknown path: " + request.method() + " " + path, id, Map.of());
    }

    private static Reply wrongMethod(Incoming request, String allowed, String id) {
        return error(
                request.dialect(),
                405,
                request.method() + " is not possible here; use " + allowed + ".",
                id,
                Map.of("allow", allowed));
    }

    /** Returns what {@code /sim/stats} and {@code /sim/echo} say, or null for any other path. */
    Reply.@Nullable Whole control(Incoming request) {
        if (request.path().equals("/sim/stats")) {
            return Reply.Whole.ok(Json.toObject(counters.snapshot()), 0);
        }
        return request.path().equals("/sim/echo") ? echo(request) : null;
    }

    private static Reply.Whole echo(Incoming request) {
        ObjectNode echo = Json.object().put("method", request.method()).put("path", request.path());
        ObjectNode headers = echo.putObject("headers");
        request.headers().forEach(header -> headers.put(header.getKey(), header.getValue()));
        echo.put("body", request.body().toString(StandardCharsets.UTF_8));
        return Reply.Whole.ok(echo, 0);
    }

    static Reply.Whole error(Dialect dialect, int status, String message, String id, Map<String, String> headers) {
        return new Reply.Whole(status, ErrorBodies.of(dialect, status, message, id), 0, headers);
    }

    private static Reply withHeaders(Reply reply, Map<String, String> headers) {
        if (headers.isEmpty()) {
            return reply;
        }
        if (reply instanceof Reply.Whole whole) {
            Map<String, String> all = new LinkedHashMap<>(whole.headers());
            all.putAll(headers);
            return new Reply.Whole(whole.status(), whole.body(), whole.outputTokens(), all);
        }
        return reply instanceof Reply.Streamed streamed ? new Reply.Streamed(streamed.script(), headers) : reply;
    }
}
