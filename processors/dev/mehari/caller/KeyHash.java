package dev.mehari.caller;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of a key: all that is kept of it. Keys have 256 random bits, so neither salt nor stretching is needed. */
public record KeyHash(long a, long b, long c, long d) {
    private static final int BYTES = 32;

    /** Hash of a key as presented. */
    public static KeyHash of(String key) {
        try {
            return of(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /**
     * Reads back what {@link #hex} wrote.
     *
     * @throws IllegalArgumentException when {@code hex} is not 64 hex digits
     */
    public static KeyHash ofHex(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a hash has 64 hex digits");
        }
        return of(bytes);
    }

    /** 64 hex digits in lower case. */
    public String hex() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(a).putLong(b).putLong(c).putLong(d);
        return HexFormat.of().formatHex(bytes.array());
    }

    private static KeyHash of(byte[] digest) {
        ByteBuffer bytes = ByteBuffer.wrap(digest);
        return new KeyHash(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }
}
