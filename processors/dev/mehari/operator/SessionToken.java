package dev.mehari.operator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What the holder of a session shows: 256 random bits in 64 hex digits. Only {@link #hash} is ever stored. The text that
 * guards changes against requests of other sites ({@link #csrf}) is derived from the token, so every instance knows it, and
 * who knows it cannot find the token.
 */
public final class SessionToken {
    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");
    private static final String ALGORITHM = "HmacSHA256";

    private final String text;

    private SessionToken(String text) {
        this.text = text;
    }

    /** A new one. */
    public static SessionToken random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new SessionToken(HexFormat.of().formatHex(bytes));
    }

    /** The token that {@code text} is; empty when it cannot be one. */
    public static Optional<SessionToken> of(@Nullable String text) {
        return text != null && FORM.matcher(text).matches() ? Optional.of(new SessionToken(text)) : Optional.empty();
    }

    /** The token itself, for its holder only. */
    public String reveal() {
        return text;
    }

    /** SHA-256 in hex; a token is random, so nothing slower is needed. */
    public String hash() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** What requests that change something have to repeat, in 64 hex digits. */
    public String csrf() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(text.getBytes(US_ASCII), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal("mehari csrf".getBytes(US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", impossible);
        }
    }

    /** True when {@code shown} is {@link #csrf}; takes the same time wherever it differs. */
    public boolean isGuardedBy(@Nullable String shown) {
        return shown != null && MessageDigest.isEqual(csrf().getBytes(US_ASCII), shown.getBytes(US_ASCII));
    }

    @Override
    public String toString() {
        return "***";
    }
}
