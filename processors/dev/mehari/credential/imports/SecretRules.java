package dev.mehari.credential.imports;

import dev.mehari.config.Secret;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.failure.InvalidField;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What secrets, and what belongs to them, may be. No message repeats any of it. */
final class SecretRules {
    private static final int LONGEST_URL = 2_000;
    private static final int LONGEST_EMAIL = 320;
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    private static final Pattern SCOPES = Pattern.compile("[\\x20-\\x7e]{0,4000}");
    private static final Pattern EMAIL = Pattern.compile("[^\\s\\p{Cntrl}@]+@[^\\s\\p{Cntrl}@]+");
    private static final Set<String> NOT_OURS_TO_SET = Set.of(
            "host",
            "connection",
            "content-length",
            "content-type",
            "transfer-encoding",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "keep-alive",
            "proxy-connection");

    private SecretRules() {}

    /** Text that a header can carry: 1 to 16,384 visible ASCII characters, with blanks inside; stripped. */
    static Secret secret(String field, String text) throws InvalidField {
        Secret secret = CredentialSecret.sendable(text);
        if (secret == null) {
            throw new InvalidField(field, "must have 1 to " + CredentialSecret.LONGEST + " visible ASCII characters");
        }
        return secret;
    }

    /** The name of a header that is not about the connection or the body. */
    static String header(String name) throws InvalidField {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!HEADER.matcher(name).matches() || NOT_OURS_TO_SET.contains(lower) || lower.startsWith("camel")) {
            throw new InvalidField("header", "must be the name of a header that may carry a secret");
        }
        return name;
    }

    /** Empty for none. */
    static String email(String text) throws InvalidField {
        String stripped = text.strip();
        if (!stripped.isEmpty()
                && (stripped.length() > LONGEST_EMAIL
                        || !EMAIL.matcher(stripped).matches())) {
            throw new InvalidField("email", "must be an e-mail address");
        }
        return stripped;
    }

    /** HTTPS, or HTTP on this machine; without user, query and fragment. */
    static URI tokenUrl(String field, String text) throws InvalidField {
        try {
            URI url = new URI(text.strip());
            boolean safe = "https".equalsIgnoreCase(url.getScheme())
                    || ("http".equalsIgnoreCase(url.getScheme()) && isLoopback(String.valueOf(url.getHost())));
            if (text.length() <= LONGEST_URL
                    && safe
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawFragment() == null) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            throw new InvalidField(field, "must be a URL such as " + CredentialForm.USUAL_TOKEN_URL);
        }
        throw new InvalidField(field, "must be an https URL such as " + CredentialForm.USUAL_TOKEN_URL);
    }

    static String scopes(String field, String text) throws InvalidField {
        String stripped = text.strip();
        if (!SCOPES.matcher(stripped).matches()) {
            throw new InvalidField(field, "must be names with blanks between them");
        }
        return stripped;
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
    }
}
