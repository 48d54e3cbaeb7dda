package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.AllowList;
import dev.mehari.caller.KeyRules;
import dev.mehari.config.Secret;
import dev.mehari.credential.Credential.Kind;
import dev.mehari.credential.DeclaredCredential;
import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.failure.InvalidField;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A credential as the declarative file says it. No problem shows anything of a secret. */
final class DeclaredCredentialForm {
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    private static final int MOST_CALLS = 1_000_000;
    private static final long GREATEST_QUOTA = 1_000_000_000_000L;
    private static final int LONGEST_GAP_MILLIS = 60_000;
    private static final int LONGEST_SECRET = 16_384;

    private final List<InvalidField> problems;
    private String name = "";
    private String email = "";
    private Kind kind = Kind.API_KEY;
    private @Nullable String header;
    private @Nullable Secret secret;
    private @Nullable URI tokenUrl;
    private String clientId = "";
    private @Nullable Secret clientSecret;
    private @Nullable Secret refreshToken;
    private String scopes = "";
    private int priority = 50;
    private int weight = 1;
    private int maxConcurrent;
    private long dailyQuota;
    private Duration userGap = Duration.ZERO;
    private AllowList models = AllowList.ALL;
    private boolean enabled = true;

    private DeclaredCredentialForm(List<InvalidField> problems) {
        this.problems = problems;
    }

    /** The credential in {@code body}, to be used only if there are no {@code problems}. */
    static DeclaredCredential read(ObjectNode body, List<InvalidField> problems) {
        DeclaredCredentialForm form = new DeclaredCredentialForm(problems);
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            try {
                form.take(new JsonField(field.getKey(), field.getValue()));
            } catch (InvalidField problem) {
                problems.add(problem);
            }
        }
        form.checkWhole(body);
        return new DeclaredCredential(
                form.name,
                form.email,
                form.kind,
                form.header,
                form.secret,
                form.grant(),
                form.priority,
                form.weight,
                form.maxConcurrent,
                form.dailyQuota,
                form.userGap,
                form.models,
                form.enabled);
    }

    private void take(JsonField field) throws InvalidField {
        switch (field.name()) {
            case "name" -> name = KeyRules.name(field.name(), field.text());
            case "email" -> email = KeyRules.owner(field.name(), field.text());
            case "kind" -> kind = field.oneOf(Kind.class, Kind.API_KEY);
            case "header" -> header = header(field);
            case "secret" -> secret = secret(field);
            case "token_url" -> tokenUrl = url(field);
            case "client_id" -> clientId = field.text();
            case "client_secret" -> clientSecret = secret(field);
            case "refresh_token" -> refreshToken = secret(field);
            case "scopes" -> scopes = field.text();
            case "priority" -> priority = (int) field.whole(1, 100, 50);
            case "weight" -> weight = (int) field.whole(1, 1_000, 1);
            case "max_concurrent" -> maxConcurrent = (int) field.whole(0, MOST_CALLS, 0);
            case "daily_quota" -> dailyQuota = field.whole(0, GREATEST_QUOTA, 0);
            case "user_gap_ms" -> userGap = Duration.ofMillis(field.whole(0, LONGEST_GAP_MILLIS, 0));
            case "models" -> models = KeyRules.patterns(field.name(), field.texts());
            case "enabled" -> enabled = field.bool(true);
            default -> throw field.unknown();
        }
    }

    private void checkWhole(ObjectNode body) {
        need(body, "name", true);
        need(body, "secret", kind != Kind.OAUTH);
        need(body, "header", kind == Kind.HEADER);
        for (String field : List.of("token_url", "client_id", "refresh_token")) {
            need(body, field, kind == Kind.OAUTH);
        }
        if (kind != Kind.HEADER && header != null) {
            problems.add(new InvalidField("header", "is for the kind header only"));
        }
        if (kind != Kind.OAUTH && (tokenUrl != null || refreshToken != null || clientSecret != null)) {
            problems.add(new InvalidField("kind", "must be oauth where a token URL or refresh token is given"));
        }
    }

    private void need(ObjectNode body, String field, boolean needed) {
        if (needed && !body.hasNonNull(field)) {
            problems.add(new InvalidField(
                    field, "must be given" + (field.equals("name") ? "" : " for the kind " + text(kind))));
        }
    }

    private @Nullable Grant grant() {
        return tokenUrl == null || refreshToken == null
                ? null
                : new Grant(tokenUrl, clientId, clientSecret, refreshToken, scopes);
    }

    private static String text(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable String header(JsonField field) throws InvalidField {
        if (field.isNull()) {
            return null;
        }
        if (!HEADER.matcher(field.text()).matches()) {
            throw field.wrong("must be the name of a header");
        }
        return field.text();
    }

    private static @Nullable Secret secret(JsonField field) throws InvalidField {
        if (field.isNull()) {
            return null;
        }
        String text = field.text().strip();
        boolean fitsHeader = text.codePoints().allMatch(c -> c >= ' ' && c < 0x7f);
        if (text.isEmpty() || text.length() > LONGEST_SECRET || !fitsHeader) {
            throw field.wrong("must have 1 to " + LONGEST_SECRET + " characters of ASCII that can be shown");
        }
        return new Secret(text);
    }

    private static @Nullable URI url(JsonField field) throws InvalidField {
        if (field.isNull()) {
            return null;
        }
        try {
            URI url = new URI(field.text());
            if (url.getHost() != null
                    && ("https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme()))
                    && url.getRawUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException none) {
            throw field.wrong("must be a URL such as https://auth.example.com/token");
        }
        throw field.wrong("must be a URL such as https://auth.example.com/token");
    }
}
