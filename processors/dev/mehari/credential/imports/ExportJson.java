package dev.mehari.credential.imports;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.config.Secret;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.TokenStore.Grant;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Credentials with their secrets as {@link CredentialForm} reads them: {@code {"credentials":[...]}}. */
public final class ExportJson {
    private ExportJson() {}

    /** What is not to be sent or shown before it is sealed. */
    public static ObjectNode of(List<CredentialDraft> credentials) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("credentials");
        credentials.forEach(one -> list.add(of(one)));
        return json;
    }

    private static ObjectNode of(CredentialDraft draft) {
        CredentialFields fields = draft.fields();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("upstream", draft.upstream())
                .put("name", fields.name())
                .put("email", fields.email())
                .put("kind", draft.kind().name().replace('_', '-').toLowerCase(Locale.ROOT))
                .put("priority", fields.priority())
                .put("weight", fields.weight())
                .put("max_concurrent", fields.maxConcurrent())
                .put("daily_quota", fields.dailyQuota())
                .put("user_gap_ms", fields.userGap().toMillis())
                .put("enabled", fields.enabled());
        fields.models().patterns().forEach(json.putArray("models")::add);
        if (fields.header() != null) {
            json.put("header", fields.header());
        }
        if (draft.secret() instanceof CredentialSecret.OAuth oauth) {
            put(json, oauth, draft.tokenExpires());
        } else {
            put(json, "secret", draft.secret().distinctive());
        }
        return json;
    }

    private static void put(ObjectNode json, CredentialSecret.OAuth oauth, @Nullable Instant expires) {
        Grant grant = oauth.grant();
        json.put("token_url", grant.tokenUrl().toString())
                .put("client_id", grant.clientId())
                .put("scopes", grant.scopes());
        put(json, "client_secret", grant.clientSecret());
        put(json, "refresh_token", grant.refreshToken());
        put(json, "access_token", oauth.accessToken());
        if (expires != null) {
            json.put("expires_at", expires.toString());
        }
    }

    private static void put(ObjectNode json, String field, @Nullable Secret secret) {
        if (secret != null) {
            json.put(field, secret.reveal());
        }
    }
}
