package dev.mehari.credential;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A credential of the declarative file.
 *
 * @param tokenExpires when the access token ends, where there is one; null when nobody knows
 */
public record DeclaredCredential(
        Credential.Kind kind,
        CredentialFields fields,
        CredentialSecret secret,
        @Nullable Instant tokenExpires) {}
