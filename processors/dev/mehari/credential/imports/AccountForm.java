package dev.mehari.credential.imports;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.KeyRules;
import dev.mehari.config.Secret;
import dev.mehari.credential.Credential.Kind;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.failure.InvalidField;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An account of the gcli2api family: {@code client_id, client_secret, refresh_token, token} or {@code access_token},
 * {@code expiry} or {@code expires_at, scopes} or {@code scope, token_uri, email} or {@code user_email, project_id,
 * name, disabled}. Other fields are theirs and left out.
 */
final class AccountForm {
    private static final Set<String> SIGNS =
            Set.of("refresh_token", "client_secret", "token_uri", "access_token", "token");

    private static final Set<String> OURS = Set.of("kind", "upstream", "secret");

    private AccountForm() {}

    /** True when it looks like an account of theirs. */
    static boolean isOne(ObjectNode json) {
        return SIGNS.stream().anyMatch(json::has) && OURS.stream().noneMatch(json::has);
    }

    /**
     * The account as a credential.
     *
     * @param fallback its name, where it has neither a name, an e-mail address nor a project
     */
    static CredentialDraft read(ObjectNode json, String upstream, String fallback) throws InvalidField {
        JsonFields given = new JsonFields(json);
        String email = SecretRules.email(orEmpty(given.text("email", "user_email")));
        String project = given.text("project_id");
        String chosen = given.text("name");
        String name = chosen != null && !chosen.isBlank()
                ? chosen
                : !email.isEmpty() ? email : project != null && !project.isBlank() ? project : fallback;
        CredentialFields named = CredentialFields.named(KeyRules.name("name", name));
        CredentialFields fields = new CredentialFields(
                named.name(),
                email,
                null,
                named.priority(),
                named.weight(),
                named.maxConcurrent(),
                named.dailyQuota(),
                named.userGap(),
                named.models(),
                !given.flag("disabled", false));
        String refresh = given.text("refresh_token");
        if (refresh == null) {
            throw new InvalidField("refresh_token", "must be given");
        }
        String client = given.text("client_id");
        if (client == null) {
            throw new InvalidField("client_id", "must be given");
        }
        String url = given.text("token_uri", "token_url");
        return new CredentialDraft(
                upstream,
                Kind.OAUTH,
                fields,
                new CredentialSecret.OAuth(
                        new Grant(
                                SecretRules.tokenUrl("token_uri", url == null ? CredentialForm.USUAL_TOKEN_URL : url),
                                SecretRules.secret("client_id", client).reveal(),
                                optional(given, "client_secret"),
                                SecretRules.secret("refresh_token", refresh),
                                SecretRules.scopes("scopes", scopes(json, given))),
                        optional(given, "access_token", "token")),
                given.time("expiry", "expires_at"));
    }

    private static String scopes(ObjectNode json, JsonFields given) throws InvalidField {
        if (json.path("scopes").isArray()) {
            List<String> each = given.texts("scopes");
            return String.join(" ", each);
        }
        return orEmpty(given.text("scopes", "scope"));
    }

    private static @Nullable Secret optional(JsonFields given, String... names) throws InvalidField {
        String text = given.text(names);
        return text == null || text.isBlank() ? null : SecretRules.secret(names[0], text);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
