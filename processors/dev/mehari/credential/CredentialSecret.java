package dev.mehari.credential;

import dev.mehari.config.Secret;
import dev.mehari.credential.TokenStore.Grant;
import org.jspecify.annotations.Nullable;

/** What is secret about a credential. Its text form shows nothing of it. */
public sealed interface CredentialSecret {
    /** A key or token that does not change, or the whole value of a header. */
    record Text(Secret value) implements CredentialSecret {}

    /**
     * A grant, and the access token that it gave last.
     *
     * @param accessToken null before the first refresh
     */
    record OAuth(Grant grant, @Nullable Secret accessToken) implements CredentialSecret {}

    /** By what the same secret is recognised: the text itself, or the refresh token. */
    default Secret distinctive() {
        if (this instanceof Text text) {
            return text.value();
        }
        return ((OAuth) this).grant().refreshToken();
    }
}
