package dev.mehari.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class AuditKeyTest {
    @Test
    void a_private_key_as_openssl_writes_it_has_the_public_key_that_belongs_to_it() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";

        AuditKey key = AuditKey.of(pem);

        assertThat(key.publicKey()).isEqualTo(pair.getPublic().getEncoded());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(pair.getPublic());
        signature.update(new byte[] {1, 2});
        assertThat(signature.verify(key.sign(new byte[] {1, 2}))).isTrue();
        assertThat(key).hasToString("***");
    }

    @Test
    void takes_what_it_makes_and_nothing_else() {
        String made = AuditKey.random(new SecureRandom());

        assertThat(AuditKey.of(made).publicKey()).isEqualTo(AuditKey.of(made).publicKey());
        assertThatThrownBy(() -> AuditKey.of("c2VjcmV0")).hasMessageContaining("Ed25519");
    }
}
