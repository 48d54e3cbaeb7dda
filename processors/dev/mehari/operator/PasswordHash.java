package dev.mehari.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A salted, slow hash of a password: PBKDF2 with HMAC-SHA-256, by default the 600,000 rounds that the OWASP Password Storage
 * Cheat Sheet names (cheatsheetseries.owasp.org, read in November 2026). Making and checking one takes a processor for about a
 * quarter of a second: never on an event loop. Its text form, {@code pbkdf2-sha256$rounds$salt$hash} with the last two in
 * Base64, is what is stored; a hash made with fewer rounds stays usable.
 */
public final class PasswordHash {
    /** Rounds for new hashes. */
    public static final int ROUNDS = 600_000;

    private static final String NAME = "pbkdf2-sha256";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final int rounds;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int rounds, byte[] salt, byte[] hash) {
        this.rounds = rounds;
        this.salt = salt;
        this.hash = hash;
    }

    /** Hashes {@code password} with a salt of its own. */
    public static PasswordHash of(String password, int rounds, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(rounds, salt, derive(password, rounds, salt));
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static PasswordHash parse(String text) {
        String[] parts = text.split("\\$", -1);
        if (parts.length != 4 || !parts[0].equals(NAME)) {
            throw new IllegalArgumentException("not a password hash");
        }
        return new PasswordHash(
                Integer.parseInt(parts[1]),
                Base64.getDecoder().decode(parts[2]),
                Base64.getDecoder().decode(parts[3]));
    }

    /** True for the password that was hashed. Takes the same time wherever a wrong one differs. */
    public boolean matches(String password) {
        return MessageDigest.isEqual(hash, derive(password, rounds, salt));
    }

    /** For storage. */
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return NAME + "$" + rounds + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    @Override
    public String toString() {
        return "***";
    }

    // Composed first, so that the same letters typed on another system are the same password; then hashed as UTF-8,
    // which
    // javax.crypto takes one byte a char.
    private static byte[] derive(String password, int rounds, byte[] salt) {
        byte[] bytes = Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(UTF_8);
        char[] chars = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            chars[i] = (char) (bytes[i] & 0xff);
        }
        PBEKeySpec spec = new PBEKeySpec(chars, salt, rounds, HASH_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has PBKDF2 with HMAC-SHA-256", impossible);
        } finally {
            spec.clearPassword();
        }
    }
}
