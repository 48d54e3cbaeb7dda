package dev.mehari.inspection;

import java.util.Locale;

/** What a raw request path means, without changing what is forwarded. */
final class Paths {
    private Paths() {}

    /** {@code path} with the percent-encoded letters, digits and {@code -._~} written plainly; nothing else is decoded. */
    static String decodeUnreserved(String path) {
        var plain = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int decoded = c == '%' && i + 2 < path.length() ? hex(path.charAt(i + 1), path.charAt(i + 2)) : -1;
            if (decoded >= 0 && isUnreserved(decoded)) {
                plain.append((char) decoded);
                i += 2;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    /**
     * True for a path that an upstream might take for another one: dot segments, plain or encoded, empty segments, encoded
     * slashes and backslashes. Below {@code /v1/} no API needs them.
     */
    static boolean isAmbiguous(String path) {
        if (path.indexOf("//") < 0 && path.indexOf('%') < 0 && path.indexOf("/.") < 0 && path.indexOf('\\') < 0) {
            return false;
        }
        String plain = decodeUnreserved(path).toLowerCase(Locale.ROOT);
        return plain.contains("//")
                || plain.contains("\\")
                || plain.contains("%2f")
                || plain.contains("%5c")
                || plain.contains("/./")
                || plain.contains("/../")
                || plain.endsWith("/.")
                || plain.endsWith("/..");
    }

    private static int hex(char high, char low) {
        int h = Character.digit(high, 16);
        int l = Character.digit(low, 16);
        return h < 0 || l < 0 ? -1 : h * 16 + l;
    }

    private static boolean isUnreserved(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}
