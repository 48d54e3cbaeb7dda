package dev.mehari.testing;

import dev.mehari.storage.SecretBox;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Base64;

/** Seals so that nothing can be read by chance, and opens only for the right credential; no secret from anybody. */
public final class FakeSecretBox implements SecretBox, SecretBox.Sealer {
    @Override
    public Opener opening(Connection connection) {
        return this;
    }

    @Override
    public Sealer sealing(Connection connection) {
        return this;
    }

    @Override
    public Sealed seal(long credentialId, byte[] plain) {
        String text = credentialId + ":" + Base64.getEncoder().encodeToString(plain);
        return new Sealed(1, text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public byte[] open(long credentialId, int keyVersion, byte[] sealed) {
        String[] parts = new String(sealed, StandardCharsets.US_ASCII).split(":", -1);
        if (keyVersion != 1 || parts.length != 2 || !parts[0].equals(Long.toString(credentialId))) {
            throw new IllegalStateException("sealed with another key, or for another credential");
        }
        return Base64.getDecoder().decode(parts[1]);
    }
}
