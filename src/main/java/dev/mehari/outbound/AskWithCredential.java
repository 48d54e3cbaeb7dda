package dev.mehari.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.credential.CredentialTester;
import dev.mehari.exchange.Dialect;
import dev.mehari.outbound.OutboundHttp.Way;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamOptions.Probe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks an upstream for its models, or one of its models for an answer of one token, and looks whether that is what comes. A
 * plain upstream is asked for its base path, and any answer below 400 will do. An answer may have 1 MiB, since some list very
 * many models.
 */
public final class AskWithCredential implements CredentialTester {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 1 << 20;
    private static final String ANTHROPIC_VERSION = "2023-06-01";

    private final OutboundHttp http;
    private final Duration timeout;
    private final LongSupplier nanos;

    /** @param timeout of a whole answer */
    public AskWithCredential(OutboundHttp http, Duration timeout, LongSupplier nanos) {
        this.http = http;
        this.timeout = timeout;
        this.nanos = nanos;
    }

    @Override
    public Finding test(Subject subject) {
        long began = nanos.getAsLong();
        Upstream upstream = subject.upstream();
        Way way = new Way(upstream.forwardProxy(), upstream.options().trust());
        try {
            HttpResponse<byte[]> answer =
                    http.send(way, question(subject), timeout, MOST_BYTES).get();
            return judge(upstream, answer.statusCode(), answer.body(), began);
        } catch (ExecutionException failure) {
            return finding(false, 0, reason(failure.getCause()), began);
        } catch (IllegalArgumentException | CancellationException broken) {
            return finding(false, 0, reason(broken), began);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return finding(false, 0, "interrupted", began);
        }
    }

    // A failure's own message may hold a header's value.
    private String reason(@Nullable Throwable failure) {
        if (failure instanceof TimeoutException || failure instanceof HttpTimeoutException) {
            return "no answer within " + timeout.toSeconds() + " s";
        }
        return failure == null
                ? "no answer"
                : "no answer (" + failure.getClass().getSimpleName() + ")";
    }

    private static HttpRequest.Builder question(Subject subject) {
        Upstream upstream = subject.upstream();
        String model = model(upstream);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create((upstream.tls() ? "https://" : "http://")
                        + upstream.authority()
                        + upstream.basePath()
                        + path(upstream.dialect(), model)))
                .header(subject.credential().header(), subject.credential().value());
        if (upstream.dialect() == Dialect.ANTHROPIC) {
            request.header("anthropic-version", ANTHROPIC_VERSION);
        }
        if (model == null) {
            return request.GET();
        }
        ObjectNode body = JSON.createObjectNode().put("model", model).put("max_tokens", 1);
        body.putArray("messages").addObject().put("role", "user").put("content", "Hi");
        return request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString(), UTF_8));
    }

    private static String path(Dialect dialect, @Nullable String model) {
        if (dialect == Dialect.PLAIN) {
            return "/";
        }
        if (model == null) {
            return "/v1/models";
        }
        return dialect == Dialect.ANTHROPIC ? "/v1/messages" : "/v1/chat/completions";
    }

    /** By the upstream's own name; null when none is to be asked. */
    private static @Nullable String model(Upstream upstream) {
        Probe probe = upstream.options().probe();
        return upstream.dialect() == Dialect.PLAIN || probe == null || probe.model() == null
                ? null
                : upstream.options().modelThere(probe.model());
    }

    private Finding judge(Upstream upstream, int status, byte[] body, long began) {
        if (status >= 400 || status < 200) {
            return finding(false, status, "the upstream answered " + status, began);
        }
        if (upstream.dialect() == Dialect.PLAIN) {
            return finding(true, status, "the upstream answered " + status, began);
        }
        String expected =
                model(upstream) == null ? "data" : upstream.dialect() == Dialect.ANTHROPIC ? "content" : "choices";
        return tree(body).path(expected).isArray()
                ? finding(true, status, "the upstream answered as it should", began)
                : finding(false, status, "the upstream answered " + status + " with something else", began);
    }

    private static JsonNode tree(byte[] body) {
        try {
            JsonNode tree = JSON.readTree(body);
            return tree == null ? MissingNode.getInstance() : tree;
        } catch (IOException garbage) {
            return MissingNode.getInstance();
        }
    }

    private Finding finding(boolean works, int status, String detail, long began) {
        return new Finding(works, status, detail, (nanos.getAsLong() - began) / 1_000_000);
    }
}
