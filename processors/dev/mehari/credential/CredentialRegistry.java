package dev.mehari.credential;

import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Credentials as operators administer them, for all instances. Methods block. */
public interface CredentialRegistry {
    /** Makes a new credential of the old one, or says what is wrong with that. */
    @FunctionalInterface
    interface Edit {
        /**
         * The credential as it is to be, of the same upstream and kind.
         *
         * @param secret null when it does not open
         */
        Edited apply(CredentialEntry before, @Nullable CredentialSecret secret) throws InvalidField;
    }

    /**
     * A credential after an edit.
     *
     * @param secret null for the same as before
     */
    record Edited(CredentialFields fields, @Nullable NewSecret secret) {}

    /** A secret in place of another. */
    record NewSecret(CredentialSecret secret, @Nullable Instant tokenExpires) {}

    /** All, or those of {@code upstream}, by id. */
    List<CredentialEntry> list(@Nullable String upstream) throws StorageUnavailable;

    Optional<CredentialEntry> get(long id) throws StorageUnavailable;

    /** Keeps a new credential, sealed. */
    CredentialChange create(CredentialDraft draft) throws StorageUnavailable;

    /** Changes one; nobody else changes it meanwhile. */
    CredentialChange change(long id, Edit edit) throws InvalidField, StorageUnavailable;

    CredentialChange delete(long id) throws StorageUnavailable;

    /** Lets calls go with it again, and forgets its benches and errors. */
    CredentialChange enable(long id) throws StorageUnavailable;

    /** Keeps calls from it until it is enabled. */
    CredentialChange disable(long id) throws StorageUnavailable;

    /** Ends its benches and forgets its errors. */
    CredentialChange release(long id) throws StorageUnavailable;
}
