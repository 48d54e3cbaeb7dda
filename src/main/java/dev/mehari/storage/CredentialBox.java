package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.storage.vault.Keyring;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.SQLException;

/** Seals with this instance's master keys. Whoever seals must have seen a sealed secret before, so that there is a key. */
public final class CredentialBox implements SecretBox {
    private final SealedSecrets secrets;

    public CredentialBox(SealedSecrets secrets) {
        this.secrets = secrets;
    }

    @Override
    public Opener opening(Connection connection) throws SQLException, StorageUnavailable {
        return new ByKeyring(secrets.opening(connection));
    }

    @Override
    public Sealer sealing(Connection connection) throws SQLException, StorageUnavailable {
        return new ByKeyring(secrets.sealing(connection));
    }

    private record ByKeyring(Keyring keyring) implements Sealer {
        @Override
        public byte[] open(long credentialId, int keyVersion, byte[] sealed) {
            try {
                return keyring.open(keyVersion, sealed, SealedCredential.belongsTo(credentialId));
            } catch (GeneralSecurityException cannot) {
                throw new IllegalStateException("credential " + credentialId + " does not open", cannot);
            }
        }

        @Override
        public Sealed seal(long credentialId, byte[] plain) {
            Keyring.Sealed sealed = keyring.seal(plain, SealedCredential.belongsTo(credentialId));
            return new Sealed(sealed.version(), sealed.bytes());
        }
    }
}
