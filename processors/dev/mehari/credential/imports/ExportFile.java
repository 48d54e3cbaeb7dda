package dev.mehari.credential.imports;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.config.Secret;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Exported credentials, which a passphrase opens: {@code {"format":"mehari-credentials-1","iterations":600000,"salt","nonce",
 * "data"}}, the last three in base64. {@code data} is what is exported, sealed by AES-256-GCM with the format's name as
 * additional data and a key that PBKDF2-HMAC-SHA-256 (RFC 8018) makes of the passphrase's UTF-8, the salt and the number of
 * iterations.
 */
public final class ExportFile {
    /** Fewest characters of a passphrase. */
    public static final int SHORTEST_PASSPHRASE = 12;

    private static final String FORMAT = "mehari-credentials-1";
    private static final int ITERATIONS = 600_000;
    private static final int MOST_ITERATIONS = 2_000_000;
    private static final int FEWEST_ITERATIONS = 100_000;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private ExportFile() {}

    /** The file does not open; the message says why. */
    public static final class Unopened extends Exception {
        private static final long serialVersionUID = 1L;

        private final @Nullable String field;

        Unopened(@Nullable String field, String message) {
            super(message, null, false, false);
            this.field = field;
        }

        /** Of the file, what is damaged; null where that may be the passphrase. */
        public @Nullable String field() {
            return field;
        }
    }

    /** True when it looks like such a file. */
    public static boolean isOne(JsonNode json) {
        return json.path("format").asText().startsWith("mehari-credentials-");
    }

    /**
     * Seals {@code content}. Takes a good part of a second.
     *
     * @param random a secure source
     */
    public static ObjectNode seal(byte[] content, Secret passphrase, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, passphrase, salt, ITERATIONS, nonce)
                    .doFinal(content);
            Base64.Encoder base64 = Base64.getEncoder();
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("format", FORMAT)
                    .put("iterations", ITERATIONS)
                    .put("salt", base64.encodeToString(salt))
                    .put("nonce", base64.encodeToString(nonce))
                    .put("data", base64.encodeToString(sealed));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("PBKDF2 or AES-256-GCM is not available", impossible);
        }
    }

    /** What was sealed. Takes a good part of a second. */
    public static byte[] open(JsonNode file, Secret passphrase) throws Unopened {
        int iterations = file.path("iterations").asInt();
        if (!file.path("format").asText().equals(FORMAT)) {
            throw new Unopened("format", "the export is of a form that is not known here");
        }
        if (iterations < FEWEST_ITERATIONS || iterations > MOST_ITERATIONS) {
            throw new Unopened("iterations", "the export is of a form that is not known here");
        }
        byte[] salt = bytes(file, "salt", SALT_BYTES, Integer.MAX_VALUE);
        byte[] nonce = bytes(file, "nonce", NONCE_BYTES, NONCE_BYTES);
        byte[] data = bytes(file, "data", TAG_BITS / Byte.SIZE, Integer.MAX_VALUE);
        try {
            return cipher(Cipher.DECRYPT_MODE, passphrase, salt, iterations, nonce)
                    .doFinal(data);
        } catch (GeneralSecurityException | ProviderException | IllegalArgumentException wrong) {
            throw new Unopened(null, "the passphrase is wrong, or the export is damaged");
        }
    }

    private static byte[] bytes(JsonNode file, String field, int fewest, int most) throws Unopened {
        try {
            byte[] bytes = Base64.getDecoder().decode(file.path(field).asText());
            if (file.path(field).isTextual() && bytes.length >= fewest && bytes.length <= most) {
                return bytes;
            }
        } catch (IllegalArgumentException malformed) {
            throw new Unopened(field, "the export is damaged");
        }
        throw new Unopened(field, "the export is damaged");
    }

    private static Cipher cipher(int mode, Secret passphrase, byte[] salt, int iterations, byte[] nonce)
            throws GeneralSecurityException {
        char[] characters = passphrase.reveal().toCharArray();
        PBEKeySpec spec = new PBEKeySpec(characters, salt, iterations, 256);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(spec)
                .getEncoded();
        spec.clearPassword();
        Arrays.fill(characters, '\0');
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(FORMAT.getBytes(UTF_8));
        return cipher;
    }
}
