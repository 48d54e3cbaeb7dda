package dev.mehari.credential;

import dev.mehari.config.Secret;
import dev.mehari.credential.TokenStore.Grant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is secret about a credential. Its text form shows nothing of it. */
public sealed interface CredentialSecret {
    /** Most characters of a secret. */
    int LONGEST = 16_384;

    /** Visible ASCII characters, with blanks inside. */
    Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?");

    /** A key or token that does not change, or the whole value of a header. */
    record Text(Secret value) implements CredentialSecret {}

    /**
     * A grant, and the access token that it gave last.
     *
     * @param accessToken null before the first refresh
     */
    record OAuth(Grant grant, @Nullable Secret accessToken) implements CredentialSecret {}

    /** {@code text}, stripped, where a header can carry it: 1 to {@value #LONGEST} visible ASCII characters; null else. */
    static @Nullable Secret sendable(String text) {
        String stripped = text.strip();
        return stripped.length() <= LONGEST && SENDABLE.matcher(stripped).matches() ? new Secret(stripped) : null;
    }

    /** By what the same secret is recognised: the text itself, or the refresh token. */
    default Secret distinctive() {
        if (this instanceof Text text) {
            return text.value();
        }
        return ((OAuth) this).grant().refreshToken();
    }
}
