package dev.mehari.audit;

import org.jspecify.annotations.Nullable;

/**
 * Text as it may be in an event: bounded, without control characters, and the same after it has been stored as UTF-8. What
 * is hashed is then what is found in the table.
 */
public final class AuditText {
    /** Characters that a text may have; what is beyond is left out. */
    static final int LONGEST = 200;

    private static final char INSTEAD = '\uFFFD';

    private AuditText() {}

    /** The text itself when nothing is wrong with it. */
    public static @Nullable String clean(@Nullable String text) {
        if (text == null || isClean(text)) {
            return text;
        }
        StringBuilder clean = new StringBuilder(Math.min(text.length(), LONGEST));
        for (int i = 0; i < text.length() && clean.length() < LONGEST; i++) {
            char one = text.charAt(i);
            boolean pair = Character.isHighSurrogate(one)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))
                    && clean.length() + 1 < LONGEST;
            if (pair) {
                clean.append(one).append(text.charAt(++i));
            } else {
                clean.append(Character.isSurrogate(one) || Character.isISOControl(one) ? INSTEAD : one);
            }
        }
        return clean.toString();
    }

    private static boolean isClean(String text) {
        if (text.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (Character.isSurrogate(one) || Character.isISOControl(one)) {
                return false;
            }
        }
        return true;
    }
}
