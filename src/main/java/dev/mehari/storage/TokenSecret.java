package dev.mehari.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.config.Secret;
import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.credential.TokenStore.Tokens;
import dev.mehari.upstream.ForwardProxy;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** The plain form of an OAuth credential's secret, as {@link SecretBox} describes it. Its text form shows nothing. */
final class TokenSecret {
    private final ObjectMapper json = new ObjectMapper();
    private final ObjectNode fields;

    private TokenSecret(ObjectNode fields) {
        this.fields = fields;
    }

    /** @throws IllegalStateException when it is not JSON, without a word of what it is */
    @SuppressWarnings("UnusedException") // its message may quote the secret
    static TokenSecret read(byte[] plain) {
        try {
            JsonNode tree = new ObjectMapper().readTree(plain);
            if (tree instanceof ObjectNode object) {
                return new TokenSecret(object);
            }
        } catch (IOException unreadable) {
            throw new IllegalStateException("it is not JSON");
        }
        throw new IllegalStateException("it is not a JSON object");
    }

    /** @throws IllegalStateException when no token URL is in it */
    Grant grant(@Nullable String forwardProxy) {
        String secret = text("client_secret");
        return new Grant(
                tokenUrl(),
                text("client_id"),
                secret.isEmpty() ? null : new Secret(secret),
                new Secret(text("refresh_token")),
                text("scopes"),
                forwardProxy == null || forwardProxy.isBlank() ? null : proxy(forwardProxy));
    }

    /** The same with other tokens. */
    byte[] with(Tokens tokens) {
        fields.put("access_token", tokens.accessToken().reveal());
        if (tokens.refreshToken() != null) {
            fields.put("refresh_token", tokens.refreshToken().reveal());
        }
        try {
            return json.writeValueAsBytes(fields);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("JSON of text only can be written", impossible);
        }
    }

    private String text(String name) {
        JsonNode value = fields.path(name);
        if (value.isArray()) { // scopes may have been written as a list
            StringBuilder all = new StringBuilder();
            value.forEach(one -> all.append(all.isEmpty() ? "" : " ").append(one.asText()));
            return all.toString();
        }
        return value.isNull() ? "" : value.asText("");
    }

    private URI tokenUrl() {
        try {
            URI url = new URI(text("token_url"));
            if (url.getHost() != null && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException unreadable) {
            throw new IllegalStateException("its token_url is not a URL", unreadable);
        }
        throw new IllegalStateException("its token_url is not a URL of http or https");
    }

    private static ForwardProxy proxy(String url) {
        URI at = URI.create(url);
        return new ForwardProxy(at.getHost(), at.getPort() < 0 ? 80 : at.getPort());
    }

    @Override
    public String toString() {
        return "***";
    }
}
