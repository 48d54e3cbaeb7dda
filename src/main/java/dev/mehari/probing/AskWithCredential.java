package dev.mehari.probing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.credential.CredentialTester;
import dev.mehari.exchange.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks an upstream for its models, or one of its models for an answer of one token, and looks whether that is what comes. A
 * plain upstream is asked for its base path, and any answer below 400 will do. Follows no redirect. Certificates are checked
 * as the system does, and upstreams reached directly.
 */
public final class AskWithCredential implements CredentialTester {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_ANSWER = 1 << 20;
    private static final String ANTHROPIC_VERSION = "2023-06-01";

    private final Duration timeout;
    private final LongSupplier nanos;
    private final HttpClient client;

    /** @param timeout of a whole answer */
    public AskWithCredential(Duration timeout, LongSupplier nanos) {
        this.timeout = timeout;
        this.nanos = nanos;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    @Override
    public Finding test(Subject subject) {
        long began = nanos.getAsLong();
        try {
            HttpResponse<InputStream> answer = client.send(question(subject), BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                return judge(subject, answer.statusCode(), body.readNBytes(LARGEST_ANSWER), began);
            }
        } catch (HttpTimeoutException late) {
            return finding(false, 0, "no answer within " + timeout.toSeconds() + " s", began);
        } catch (IOException | IllegalArgumentException broken) {
            // its own message may hold a header's value
            return finding(false, 0, "no answer (" + broken.getClass().getSimpleName() + ")", began);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return finding(false, 0, "interrupted", began);
        }
    }

    private HttpRequest question(Subject subject) {
        String model = subject.dialect() == Dialect.PLAIN ? null : subject.model();
        HttpRequest.Builder request = HttpRequest.newBuilder(at(subject, model))
                .timeout(timeout)
                .header(subject.credential().header(), subject.credential().value());
        if (subject.dialect() == Dialect.ANTHROPIC) {
            request.header("anthropic-version", ANTHROPIC_VERSION);
        }
        if (model == null) {
            return request.GET().build();
        }
        ObjectNode body = JSON.createObjectNode().put("model", model).put("max_tokens", 1);
        body.putArray("messages").addObject().put("role", "user").put("content", "Hi");
        return request.header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString(), UTF_8))
                .build();
    }

    private static URI at(Subject subject, @Nullable String model) {
        String base = subject.base().toString().replaceAll("/+$", "");
        if (subject.dialect() == Dialect.PLAIN) {
            return URI.create(base + "/");
        }
        String root = base.endsWith("/v1") ? base : base + "/v1";
        if (model == null) {
            return URI.create(root + "/models");
        }
        return URI.create(root + (subject.dialect() == Dialect.ANTHROPIC ? "/messages" : "/chat/completions"));
    }

    private Finding judge(Subject subject, int status, byte[] body, long began) {
        if (status >= 400 || status < 200) {
            return finding(false, status, "the upstream answered " + status, began);
        }
        if (subject.dialect() == Dialect.PLAIN) {
            return finding(true, status, "the upstream answered " + status, began);
        }
        JsonNode json = tree(body);
        String expected =
                subject.model() == null ? "data" : subject.dialect() == Dialect.ANTHROPIC ? "content" : "choices";
        return json.path(expected).isArray()
                ? finding(true, status, "the upstream answered as it should", began)
                : finding(false, status, "the upstream answered " + status + " with something else", began);
    }

    private static JsonNode tree(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException noJson) {
            return JSON.nullNode();
        } catch (IOException noText) {
            return JSON.nullNode();
        }
    }

    private Finding finding(boolean works, int status, String detail, long began) {
        return new Finding(works, status, detail, (nanos.getAsLong() - began) / 1_000_000);
    }
}
