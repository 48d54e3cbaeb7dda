package dev.mehari.caller;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A key that is about to be made; the only moment at which its text is known.
 *
 * @param key as the caller will present it
 */
public record NewKey(String key) {
    private static final String START = "mh_";
    private static final int RANDOM_BYTES = 32;
    private static final int SHOWN = 10;
    private static final int LEAST = 10;

    public NewKey {
        if (key.length() < LEAST || key.length() > IdentifyCaller.LONGEST_KEY || !isPlain(key)) {
            throw new IllegalArgumentException("a key has " + LEAST + " to " + IdentifyCaller.LONGEST_KEY
                    + " characters, no spaces and nothing outside ASCII");
        }
    }

    /** {@code mh_} and 64 random hex digits. */
    public static NewKey random(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return new NewKey(START + HexFormat.of().formatHex(bytes));
    }

    /** What is kept of it. */
    public KeyHash hash() {
        return KeyHash.of(key);
    }

    /** Its first characters, for people to tell keys apart; at most a third of it. */
    public String prefix() {
        return key.substring(0, Math.min(SHOWN, key.length() / 3));
    }

    /** Does not show the key. */
    @Override
    public String toString() {
        return "NewKey[" + prefix() + "...]";
    }

    private static boolean isPlain(String key) {
        return key.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
