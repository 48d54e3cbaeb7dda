package dev.mehari.probe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.exchange.Dialect;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import dev.mehari.upstream.UpstreamOptions.Probe;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to ask an upstream, and whether its answer means that it works. With a model it is asked to say a word that it cannot
 * know before; an answer without that word is wrong, whatever its status: accounts that were closed have been seen to answer
 * 200 with nothing. Without a model, an LLM API has to list a model, and any other has to answer its base path with less than
 * 500.
 */
final class Probing {
    /** As in {@code PrepareUpstreamRequest}. */
    private static final String ANTHROPIC_VERSION = "2023-06-01";

    private static final int MOST_TOKENS = 64;

    private final ObjectMapper json = new ObjectMapper();

    /**
     * The question.
     *
     * @param stored what of the pool it is asked with; null for the upstream's own
     * @param word to be said
     */
    ProbeQuestion question(Upstream upstream, @Nullable UpstreamCredential stored, String word) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Accept", "application/json");
        headers.put("User-Agent", "mehari-probe");
        UpstreamCredential credential = stored == null ? upstream.credential() : stored;
        if (credential != null) {
            headers.put(credential.header(), credential.value());
        }
        if (upstream.dialect() == Dialect.ANTHROPIC) {
            headers.put("anthropic-version", ANTHROPIC_VERSION);
        }
        String model = model(upstream);
        if (model == null) {
            String path = upstream.dialect() == Dialect.PLAIN ? "/" : "/v1/models";
            return new ProbeQuestion(upstream, upstream.basePath() + path, headers, null);
        }
        headers.put("Content-Type", "application/json");
        boolean anthropic = upstream.dialect() == Dialect.ANTHROPIC;
        String path = upstream.basePath() + (anthropic ? "/v1/messages" : "/v1/chat/completions");
        return new ProbeQuestion(
                upstream, path, headers, body(upstream.options().modelThere(model), word, anthropic));
    }

    private String body(String model, String word, boolean anthropic) {
        ObjectNode body = json.createObjectNode();
        body.put("model", model);
        if (anthropic) { // which wants it; newer models of OpenAI's refuse it
            body.put("max_tokens", MOST_TOKENS);
        }
        body.putArray("messages")
                .addObject()
                .put("role", "user")
                .put("content", "Answer with this word and nothing else: " + word);
        try {
            return json.writeValueAsString(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("JSON of text only can be written", impossible);
        }
    }

    /** @param isPooled true when a credential of the pool was used, whose faults are the pool's to judge */
    Verdict judge(Upstream upstream, ProbeAnswer answer, String word, boolean isPooled) {
        int status = answer.status();
        String model = model(upstream);
        if (model == null && upstream.dialect() == Dialect.PLAIN) {
            return status < 500 ? Verdict.WORKS : Verdict.fails("answered " + status);
        }
        if (status == 429 || (isPooled && (status == 401 || status == 403))) {
            return Verdict.unclear("answered " + status);
        }
        if (status != 200) {
            return Verdict.fails("answered " + status);
        }
        if (answer.body().length == 0) {
            return Verdict.fails("answered 200 with nothing");
        }
        JsonNode tree = parse(answer.body());
        if (model != null) {
            return said(tree).contains(word.toLowerCase(Locale.ROOT))
                    ? Verdict.WORKS
                    : Verdict.fails("did not say the word that it was asked for");
        }
        JsonNode list = tree.isArray() ? tree : tree.path("data");
        return list.isArray() && !list.isEmpty() ? Verdict.WORKS : Verdict.fails("listed no model");
    }

    // Only what the model said: an answer that repeats the question proves nothing.
    private static String said(JsonNode answer) {
        StringBuilder all = new StringBuilder();
        answer.path("choices").forEach(choice -> append(all, choice.at("/message/content")));
        append(all, answer.path("content"));
        return all.toString().toLowerCase(Locale.ROOT);
    }

    private static void append(StringBuilder all, JsonNode content) {
        if (content.isTextual()) {
            all.append(content.asText()).append(' ');
        }
        content.forEach(part -> all.append(part.path("text").asText("")).append(' '));
    }

    private JsonNode parse(byte[] body) {
        try {
            JsonNode tree = json.readTree(body);
            return tree == null ? MissingNode.getInstance() : tree;
        } catch (IOException garbage) {
            return MissingNode.getInstance();
        }
    }

    private static @Nullable String model(Upstream upstream) {
        Probe probe = upstream.options().probe();
        return probe == null ? null : probe.model();
    }
}
