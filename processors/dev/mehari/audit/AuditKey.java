package dev.mehari.audit;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * What an instance signs its chain with: Ed25519 (RFC 8032). As text it is the base64 of the 32 bytes of the private key, or
 * of its PKCS#8 form, which {@code openssl genpkey -algorithm ed25519} makes. Its text form shows nothing.
 */
public final class AuditKey implements AuditSigner {
    private static final String ED25519 = "Ed25519";
    private static final int PRIVATE_BYTES = 32;
    private static final int PKCS8_BYTES = 48;

    private final KeyPair pair;

    private AuditKey(KeyPair pair) {
        this.pair = pair;
    }

    /**
     * The key of that text.
     *
     * @throws IllegalArgumentException when it is none; the message is for the operator
     */
    public static AuditKey of(String text) {
        byte[] given;
        try {
            given = Base64.getMimeDecoder()
                    .decode(text.replaceAll("-----[A-Z ]+-----", "").strip());
        } catch (IllegalArgumentException noBase64) {
            throw new IllegalArgumentException(wrong(), noBase64);
        }
        if (given.length != PRIVATE_BYTES && given.length != PKCS8_BYTES) {
            throw new IllegalArgumentException(wrong());
        }
        byte[] key = Arrays.copyOfRange(given, given.length - PRIVATE_BYTES, given.length);
        try {
            // Java makes the public key of a private one only while it makes both.
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ED25519);
            generator.initialize(NamedParameterSpec.ED25519, new Given(key));
            return new AuditKey(generator.generateKeyPair());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java from 15 on has Ed25519", impossible);
        }
    }

    private static String wrong() {
        return "an audit key is the base64 of an Ed25519 key, 32 bytes or PKCS#8; `openssl rand -base64 32` makes one";
    }

    /** A new key as text, as {@link #of} takes it. */
    public static String random(SecureRandom random) {
        byte[] key = new byte[PRIVATE_BYTES];
        random.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    /** 44 bytes. */
    @Override
    public byte[] publicKey() {
        return pair.getPublic().getEncoded();
    }

    /** Into 64 bytes. */
    @Override
    public byte[] sign(byte[] what) {
        try {
            Signature signature = Signature.getInstance(ED25519);
            signature.initSign(pair.getPrivate());
            signature.update(what);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java from 15 on has Ed25519", impossible);
        }
    }

    @Override
    public String toString() {
        return "***";
    }

    /** Gives the private key where the generator asks for one at random. */
    private static final class Given extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] key;

        Given(byte[] key) {
            super();
            this.key = key.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != key.length) {
                throw new IllegalStateException("asked for " + bytes.length + " bytes of a key of " + key.length);
            }
            System.arraycopy(key, 0, bytes, 0, key.length);
        }
    }
}
