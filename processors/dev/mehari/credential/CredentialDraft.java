package dev.mehari.credential;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A credential as somebody wants to have it kept.
 *
 * @param upstream name of the upstream
 * @param tokenExpires when the access token of an OAuth credential ends; null when nobody knows
 */
public record CredentialDraft(
        String upstream,
        Credential.Kind kind,
        CredentialFields fields,
        CredentialSecret secret,
        @Nullable Instant tokenExpires) {
    public CredentialDraft {
        if ((kind == Credential.Kind.OAUTH) != (secret instanceof CredentialSecret.OAuth)) {
            throw new IllegalArgumentException("a grant belongs to OAuth credentials, and to no others");
        }
        if ((kind == Credential.Kind.HEADER) != (fields.header() != null)) {
            throw new IllegalArgumentException("the name of a header belongs to header credentials, and to no others");
        }
    }
}
