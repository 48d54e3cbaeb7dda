package dev.mehari.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.config.Secret;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.storage.vault.Keyring;
import dev.mehari.storage.vault.Keyring.Sealed;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * The column {@code secret} of {@code credential}: JSON, sealed for that row. {@code {"secret"}}, or for OAuth
 * {@code {"token_url","client_id","client_secret","refresh_token","scopes","access_token"}}.
 */
final class SealedCredential {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SealedCredential() {}

    /** What the secret of a row belongs to; a copy of it in another row or column does not open. */
    static String belongsTo(long id) {
        return "credential:" + id + ":secret";
    }

    static Sealed seal(Keyring keyring, long id, CredentialSecret secret) {
        return keyring.seal(json(secret).toString().getBytes(UTF_8), belongsTo(id));
    }

    /** Throws {@link GeneralSecurityException} when it was sealed with a key that is not here, or was tampered with. */
    static CredentialSecret open(Keyring keyring, long id, int version, byte[] sealed) throws GeneralSecurityException {
        byte[] json = keyring.open(version, sealed, belongsTo(id));
        try {
            return secret(JSON.readTree(json));
        } catch (JsonProcessingException | IllegalArgumentException unreadable) {
            throw new GeneralSecurityException("what was sealed is not a secret of a known form");
        } catch (IOException impossible) {
            throw new IllegalStateException("reading from memory failed", impossible);
        }
    }

    static byte[] fingerprint(Keyring keyring, CredentialSecret secret) {
        return keyring.fingerprint(secret.distinctive().reveal().getBytes(UTF_8));
    }

    private static ObjectNode json(CredentialSecret secret) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (secret instanceof CredentialSecret.OAuth oauth) {
            Grant grant = oauth.grant();
            json.put("token_url", grant.tokenUrl().toString())
                    .put("client_id", grant.clientId())
                    .put("refresh_token", grant.refreshToken().reveal())
                    .put("scopes", grant.scopes());
            put(json, "client_secret", grant.clientSecret());
            put(json, "access_token", oauth.accessToken());
        } else {
            put(json, "secret", secret.distinctive());
        }
        return json;
    }

    private static void put(ObjectNode json, String field, @Nullable Secret secret) {
        if (secret != null) {
            json.put(field, secret.reveal());
        }
    }

    private static CredentialSecret secret(JsonNode json) {
        if (json.hasNonNull("secret")) {
            return new CredentialSecret.Text(new Secret(json.path("secret").asText()));
        }
        return new CredentialSecret.OAuth(
                new Grant(
                        URI.create(json.path("token_url").asText()),
                        json.path("client_id").asText(),
                        optional(json, "client_secret"),
                        new Secret(json.path("refresh_token").asText()),
                        json.path("scopes").asText()),
                optional(json, "access_token"));
    }

    private static @Nullable Secret optional(JsonNode json, String field) {
        return json.hasNonNull(field) ? new Secret(json.path(field).asText()) : null;
    }
}
