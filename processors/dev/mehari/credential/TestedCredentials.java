package dev.mehari.credential;

import dev.mehari.credential.CredentialTester.Finding;
import dev.mehari.credential.CredentialTester.Subject;
import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.Optional;

/** Credentials that an operator has tried. Methods block. */
public interface TestedCredentials {
    /** How to try a credential, disabled or not; empty when there is none, or it does not open or has no token. */
    Optional<Subject> subject(long id) throws StorageUnavailable;

    /** Counts the trial as a call; one that works ends its benches and forgets its errors. */
    void found(long id, Finding finding, Instant at) throws StorageUnavailable;
}
