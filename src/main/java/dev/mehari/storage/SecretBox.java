package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Seals what is secret about credentials, each bound to its credential's id. The plain form is JSON in UTF-8: for kind
 * {@code oauth} an object with {@code access_token}, {@code refresh_token}, {@code client_id}, {@code client_secret},
 * {@code token_url} and {@code scopes}. For any thread; blocks.
 */
public interface SecretBox {
    /** What opens, as keys are now. */
    Opener opening(Connection connection) throws SQLException, StorageUnavailable;

    /**
     * What opens and seals for the transaction that {@code connection} has open. To be asked for before any row is locked: a
     * change of keys may have to be waited for, or to wait.
     */
    Sealer sealing(Connection connection) throws SQLException, StorageUnavailable;

    /** Opens what was sealed. */
    @FunctionalInterface
    interface Opener {
        /**
         * The plain form again.
         *
         * @param keyVersion of the key that it was sealed with
         * @throws IllegalStateException when there is no such key, or it was not sealed with it for that credential; without
         *     anything secret
         */
        byte[] open(long credentialId, int keyVersion, byte[] sealed);
    }

    /** Opens and seals. */
    interface Sealer extends Opener {
        /** Seals {@code plain} with the key in force. */
        Sealed seal(long credentialId, byte[] plain);
    }

    /**
     * Something sealed.
     *
     * @param keyVersion of the key that it was sealed with
     * @param bytes not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, only written
    record Sealed(int keyVersion, byte[] bytes) {}
}
