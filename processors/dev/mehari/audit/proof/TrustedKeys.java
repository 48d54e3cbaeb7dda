package dev.mehari.audit.proof;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whose signatures count: those of given Ed25519 keys, or of whatever key the export itself names. For one thread. */
public final class TrustedKeys {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
    private static final Pattern LINE = Pattern.compile("(?m)^\\s*([A-Za-z0-9+/]{20,}={0,2})\\s*$");

    private final @Nullable Set<String> given;
    private final Map<String, PublicKey> known = new HashMap<>();

    private TrustedKeys(@Nullable Set<String> given) {
        this.given = given;
    }

    /** Any key that the export names: shows that it fits together, but not who wrote it. */
    public static TrustedKeys ofExport() {
        return new TrustedKeys(null);
    }

    /**
     * The keys in {@code text}: PEM, or Base64 of X.509, one a line.
     *
     * @throws IllegalArgumentException when there is none, or one is no Ed25519 key
     */
    public static TrustedKeys read(String text) {
        Set<String> found = new LinkedHashSet<>();
        Matcher pem = PEM.matcher(text);
        while (pem.find()) {
            found.add(pem.group(1).replaceAll("\\s", ""));
        }
        Matcher line = LINE.matcher(found.isEmpty() ? text : "");
        while (line.find()) {
            found.add(line.group(1));
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("holds no public key");
        }
        TrustedKeys keys = new TrustedKeys(found);
        found.forEach(key -> {
            if (keys.key(key) == null) {
                throw new IllegalArgumentException("holds what is no Ed25519 public key");
            }
        });
        return keys;
    }

    /** True when the keys were given, so that a signature proves who wrote. */
    public boolean areGiven() {
        return given != null;
    }

    boolean trust(String publicKey) {
        return given == null || given.contains(publicKey);
    }

    /** True when {@code signature} is that of a trusted key over {@code signed}. */
    boolean verify(String publicKey, byte[] signed, String signature) {
        PublicKey key = trust(publicKey) ? key(publicKey) : null;
        if (key == null) {
            return false;
        }
        try {
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(key);
            check.update(signed);
            return check.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException noSignature) {
            return false;
        }
    }

    private @Nullable PublicKey key(String publicKey) {
        return known.computeIfAbsent(publicKey, text -> {
            try {
                return KeyFactory.getInstance("Ed25519")
                        .generatePublic(
                                new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
            } catch (GeneralSecurityException | IllegalArgumentException noKey) {
                return null;
            }
        });
    }
}
