package dev.mehari.audit;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/**
 * What an instance signs its chain with: Ed25519 (RFC 8032). As text it is the base64 of the 32 bytes of the private key, or
 * of its PKCS#8 form, which {@code openssl genpkey -algorithm ed25519} makes. Its text form shows nothing.
 */
public final class AuditKey implements AuditSigner {
    private static final int PRIVATE_BYTES = 32;
    private static final int PKCS8_BYTES = 48;

    private final Ed25519PrivateKeyParameters key;

    private AuditKey(byte[] key) {
        this.key = new Ed25519PrivateKeyParameters(key);
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
        return new AuditKey(Arrays.copyOfRange(given, given.length - PRIVATE_BYTES, given.length));
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
        try {
            return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(key.generatePublicKey())
                    .getEncoded();
        } catch (IOException impossible) {
            throw new IllegalStateException("an Ed25519 key has an X.509 form", impossible);
        }
    }

    /** Into 64 bytes. */
    @Override
    public byte[] sign(byte[] what) {
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(what, 0, what.length);
        return signer.generateSignature();
    }

    @Override
    public String toString() {
        return "***";
    }
}
