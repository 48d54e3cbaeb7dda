package dev.mehari.credential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.mehari.config.Secret;
import dev.mehari.upstream.ResetHints;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers of token endpoints (RFC 6749, sections 5.1 and 5.2). A grant counts as refused only where the answer says so:
 * a known code with 400, 401 or 403. Everything else, also a 403 of something between, may be different next time. For any
 * thread.
 */
public final class TokenAnswers {
    private static final Set<String> FINAL = Set.of(
            "invalid_grant",
            "refresh_token_expired",
            "invalid_refresh_token",
            "unauthorized_client",
            "access_denied",
            "invalid_client");
    private static final Set<Integer> FINAL_STATUSES = Set.of(400, 401, 403);
    private static final long LONGEST_LIFE_SECONDS = Duration.ofDays(365).toSeconds();

    private final ObjectMapper json = new ObjectMapper();

    /**
     * The meaning of an answer.
     *
     * @param retryAfter the header of that name, in seconds or as a date; null when there is none
     */
    public TokenAnswer read(int status, @Nullable String retryAfter, byte[] body, Instant now) {
        JsonNode answer = parse(body);
        if (status >= 200 && status < 300) {
            return fresh(answer, now);
        }
        String code = finalCode(answer);
        if (code != null && FINAL_STATUSES.contains(status)) {
            return new TokenAnswer.Refused(code);
        }
        return new TokenAnswer.Later("status_" + status, ResetHints.retryAfter(retryAfter, now));
    }

    private static TokenAnswer fresh(JsonNode answer, Instant now) {
        Secret access = CredentialSecret.sendable(answer.path("access_token").asText(""));
        String refreshText = answer.path("refresh_token").asText("");
        Secret refresh = CredentialSecret.sendable(refreshText);
        if (access == null || (refresh == null && !refreshText.isBlank())) {
            return new TokenAnswer.Later("no_token_in_answer", null);
        }
        long seconds = Math.min(LONGEST_LIFE_SECONDS, answer.path("expires_in").asLong(0));
        return new TokenAnswer.Fresh(
                new TokenStore.Tokens(access, refresh, seconds > 0 ? now.plusSeconds(seconds) : null));
    }

    private static @Nullable String finalCode(JsonNode answer) {
        JsonNode error = answer.path("error");
        for (JsonNode said : new JsonNode[] {error, error.path("code"), error.path("type"), answer.path("code")}) {
            if (said.isTextual() && FINAL.contains(said.asText())) {
                return said.asText();
            }
        }
        return null;
    }

    // What cannot be parsed is not shown either: it may hold half a token.
    private JsonNode parse(byte[] body) {
        try {
            JsonNode tree = json.readTree(body);
            return tree == null ? MissingNode.getInstance() : tree;
        } catch (IOException garbage) {
            return MissingNode.getInstance();
        }
    }
}
