package dev.mehari.credential.imports;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.KeyRules;
import dev.mehari.config.Secret;
import dev.mehari.credential.Credential.Kind;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialEntry;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialRegistry.Edited;
import dev.mehari.credential.CredentialRegistry.NewSecret;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.failure.InvalidField;
import dev.mehari.upstream.UpstreamRules;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A credential in our own JSON, as the admin API, imports and exports have it. What may be in it:
 * {@code upstream, name, email, kind, priority, weight, max_concurrent, daily_quota, user_gap_ms, models, enabled}; and
 * {@code secret}, for kind {@code header} with {@code header}; or for kind {@code oauth} {@code refresh_token, client_id,
 * client_secret, token_url, scopes, access_token, expires_at}.
 */
public final class CredentialForm {
    /** Where Google's clients, which the gcli2api family are, get their tokens. */
    static final String USUAL_TOKEN_URL = "https://oauth2.googleapis.com/token";

    private static final Set<String> OPTIONS = Set.of(
            "name",
            "email",
            "priority",
            "weight",
            "max_concurrent",
            "daily_quota",
            "user_gap_ms",
            "models",
            "enabled",
            "header",
            "secret",
            "refresh_token",
            "client_id",
            "client_secret",
            "token_url",
            "scopes",
            "access_token",
            "expires_at");
    private static final Set<String> GRANT =
            Set.of("refresh_token", "client_id", "client_secret", "token_url", "scopes", "access_token", "expires_at");
    private static final Set<String> ALL =
            Stream.concat(OPTIONS.stream(), Stream.of("upstream", "kind")).collect(Collectors.toUnmodifiableSet());

    private CredentialForm() {}

    /**
     * A new credential.
     *
     * @param upstream where the object names none; null when it has to
     */
    public static CredentialDraft create(ObjectNode json, @Nullable String upstream) throws InvalidField {
        JsonFields given = new JsonFields(json);
        given.only(ALL);
        String named = given.text("upstream");
        String target = named == null ? upstream : UpstreamRules.name("upstream", named);
        if (target == null) {
            throw new InvalidField("upstream", "must be given");
        }
        Kind kind = kind(given);
        String name = given.text("name");
        if (name == null) {
            throw new InvalidField("name", "must be given");
        }
        CredentialFields fields = fields(given, kind, CredentialFields.named(KeyRules.name("name", name)));
        CredentialSecret secret = kind == Kind.OAUTH ? grant(given, null) : text(given);
        refuseOthers(given, kind);
        return new CredentialDraft(target, kind, fields, secret, given.time("expires_at"));
    }

    /**
     * A credential with what the object gives of it.
     *
     * @param secret the one before; null when it does not open
     */
    public static Edited edit(ObjectNode json, CredentialEntry before, @Nullable CredentialSecret secret)
            throws InvalidField {
        JsonFields given = new JsonFields(json);
        given.only(OPTIONS);
        CredentialFields fields = fields(given, before.kind(), before.fields());
        refuseOthers(given, before.kind());
        if (before.kind() == Kind.OAUTH) {
            if (!given.hasAny(GRANT)) {
                return new Edited(fields, null);
            }
            CredentialSecret changed = grant(given, secret instanceof CredentialSecret.OAuth old ? old : null);
            return new Edited(
                    fields,
                    new NewSecret(
                            changed,
                            given.has("expires_at") || given.has("access_token")
                                    ? given.time("expires_at")
                                    : before.token().expires()));
        }
        return new Edited(fields, given.has("secret") ? new NewSecret(text(given), null) : null);
    }

    private static Kind kind(JsonFields given) throws InvalidField {
        String kind = given.text("kind");
        if (kind == null) {
            return given.has("refresh_token") ? Kind.OAUTH : Kind.API_KEY;
        }
        return switch (kind.toLowerCase(Locale.ROOT)) {
            case "api-key" -> Kind.API_KEY;
            case "bearer" -> Kind.BEARER;
            case "oauth" -> Kind.OAUTH;
            case "header" -> Kind.HEADER;
            default -> throw new InvalidField("kind", "must be api-key, bearer, oauth or header");
        };
    }

    private static void refuseOthers(JsonFields given, Kind kind) throws InvalidField {
        if (kind == Kind.OAUTH && given.has("secret")) {
            throw new InvalidField("secret", "is not for oauth, which has refresh_token");
        }
        for (String field : GRANT) {
            if (kind != Kind.OAUTH && given.has(field)) {
                throw new InvalidField(field, "is for kind oauth only");
            }
        }
        if (kind != Kind.HEADER && given.has("header")) {
            throw new InvalidField("header", "is for kind header only");
        }
    }

    private static CredentialFields fields(JsonFields given, Kind kind, CredentialFields before) throws InvalidField {
        String name = given.text("name");
        String email = given.text("email");
        String header = given.text("header");
        if (kind == Kind.HEADER && header == null && before.header() == null) {
            throw new InvalidField("header", "must be given for kind header");
        }
        return new CredentialFields(
                name == null ? before.name() : KeyRules.name("name", name),
                given.has("email") ? SecretRules.email(email == null ? "" : email) : before.email(),
                header == null ? before.header() : SecretRules.header(header),
                (int) given.whole("priority", 1, 100, given.has("priority") ? 50 : before.priority()),
                (int) given.whole("weight", 1, 1000, given.has("weight") ? 1 : before.weight()),
                (int) given.whole(
                        "max_concurrent", 0, 1_000_000, given.has("max_concurrent") ? 0 : before.maxConcurrent()),
                given.whole("daily_quota", 0, 1_000_000_000_000L, given.has("daily_quota") ? 0 : before.dailyQuota()),
                Duration.ofMillis(given.whole(
                        "user_gap_ms",
                        0,
                        60_000,
                        given.has("user_gap_ms") ? 0 : before.userGap().toMillis())),
                given.has("models") ? KeyRules.patterns("models", given.texts("models")) : before.models(),
                given.flag("enabled", given.has("enabled") || before.enabled()));
    }

    private static CredentialSecret text(JsonFields given) throws InvalidField {
        String secret = given.text("secret");
        if (secret == null) {
            throw new InvalidField("secret", "must be given");
        }
        return new CredentialSecret.Text(SecretRules.secret("secret", secret));
    }

    /** A grant of what is given, else of what the old one had. */
    private static CredentialSecret grant(JsonFields given, CredentialSecret.@Nullable OAuth old) throws InvalidField {
        String url = given.text("token_url");
        String scopes = given.text("scopes");
        Grant grant = old == null ? null : old.grant();
        return new CredentialSecret.OAuth(
                new Grant(
                        url == null && grant != null
                                ? grant.tokenUrl()
                                : SecretRules.tokenUrl("token_url", url == null ? USUAL_TOKEN_URL : url),
                        required(given, "client_id", grant == null ? null : new Secret(grant.clientId()))
                                .reveal(),
                        optional(given, "client_secret", grant == null ? null : grant.clientSecret()),
                        required(given, "refresh_token", grant == null ? null : grant.refreshToken()),
                        scopes == null && grant != null
                                ? grant.scopes()
                                : SecretRules.scopes("scopes", scopes == null ? "" : scopes)),
                optional(given, "access_token", old == null ? null : old.accessToken()));
    }

    private static @Nullable Secret optional(JsonFields given, String field, @Nullable Secret old) throws InvalidField {
        String text = given.text(field);
        if (given.has(field)) {
            return text == null || text.isEmpty() ? null : SecretRules.secret(field, text);
        }
        return old;
    }

    private static Secret required(JsonFields given, String field, @Nullable Secret old) throws InvalidField {
        Secret secret = optional(given, field, old);
        if (secret == null) {
            throw new InvalidField(field, "must be given");
        }
        return secret;
    }
}
