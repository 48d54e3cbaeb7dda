package dev.mehari.storage.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One version of what secrets are sealed with. From the key that was given, HKDF with HMAC-SHA-256 (RFC 5869) derives one for
 * AES-256-GCM (NIST SP 800-38D) and a check value that says which key it is without giving it away. A sealed secret is a
 * byte 1, a random nonce of 12 bytes, the ciphertext and a tag of 16 bytes; what it belongs to is authenticated with it, so
 * that it opens nowhere else. One key may seal 2^32 secrets. For any thread. Its text form shows nothing.
 */
public final class MasterKey {
    /** Fewest characters of a key that is given as text. */
    public static final int SHORTEST_TEXT = 32;

    private static final byte FORMAT = 1;
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int CHECK_BYTES = 16;
    private static final String HMAC = "HmacSHA256";
    private static final byte[] SALT = "mehari master key".getBytes(UTF_8);

    private final SecretKeySpec sealing;
    private final byte[] check;

    /** @param given not to be changed */
    MasterKey(byte[] given) {
        byte[] pseudorandom = hmac(SALT, given);
        sealing = new SecretKeySpec(expand(pseudorandom, "seal"), "AES");
        check = Arrays.copyOf(expand(pseudorandom, "check"), CHECK_BYTES);
    }

    /**
     * A key that is given as text: the base64 of 32 bytes stands for these, any other text for itself.
     *
     * @throws IllegalArgumentException when it has fewer than 32 characters
     */
    public static MasterKey of(String text) {
        String stripped = text.strip();
        if (stripped.length() < SHORTEST_TEXT) {
            throw new IllegalArgumentException("a master key needs " + SHORTEST_TEXT
                    + " characters or more; `openssl rand -base64 32` makes a good one");
        }
        byte[] decoded = decoded(stripped);
        return new MasterKey(decoded.length == KEY_BYTES ? decoded : stripped.getBytes(UTF_8));
    }

    /** A new key as text, as {@link #of} takes it. */
    static String random(SecureRandom random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    /** Which key it is: 16 bytes that tell nothing else. */
    public byte[] check() {
        return check.clone();
    }

    /**
     * Seals {@code secret} so that it opens with the same {@code belongsTo} only.
     *
     * @param random a secure source
     */
    public byte[] seal(byte[] secret, String belongsTo, SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = new byte[1 + NONCE_BYTES + secret.length + TAG_BYTES];
        sealed[0] = FORMAT;
        System.arraycopy(nonce, 0, sealed, 1, NONCE_BYTES);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, belongsTo);
            int unused = cipher.doFinal(secret, 0, secret.length, sealed, 1 + NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-256-GCM is not available", impossible);
        }
    }

    /**
     * What was sealed.
     *
     * @throws GeneralSecurityException when it was sealed with another key or for something else, or was changed since
     */
    public byte[] open(byte[] sealed, String belongsTo) throws GeneralSecurityException {
        if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] != FORMAT) {
            throw new GeneralSecurityException("not a sealed secret of a known format");
        }
        Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(sealed, 1, 1 + NONCE_BYTES), belongsTo);
        return cipher.doFinal(sealed, 1 + NONCE_BYTES, sealed.length - 1 - NONCE_BYTES);
    }

    /** HMAC-SHA-256, 32 bytes. */
    public static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("HMAC-SHA-256 is not available", impossible);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String belongsTo) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, sealing, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        cipher.updateAAD(belongsTo.getBytes(UTF_8));
        return cipher;
    }

    /** The first and only block of HKDF-Expand. */
    private static byte[] expand(byte[] pseudorandom, String purpose) {
        byte[] info = purpose.getBytes(UTF_8);
        byte[] block = Arrays.copyOf(info, info.length + 1);
        block[info.length] = 1;
        return hmac(pseudorandom, block);
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
