package dev.mehari.relay;

import java.nio.charset.Charset;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Takes a request target apart without judging it: bytes that {@link java.net.URI} rejects are passed on as they came. */
final class RequestTarget {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private RequestTarget() {}

    /** The path, from the first slash to the query; of an absolute target too. */
    static String path(String target) {
        int query = target.indexOf('?');
        return local(query < 0 ? target : target.substring(0, query));
    }

    /** The query without its question mark; null when there is none. */
    static @Nullable String query(String target) {
        int query = target.indexOf('?');
        return query < 0 ? null : target.substring(query + 1);
    }

    /** {@code target} with spaces, control characters and whatever is not ASCII percent-encoded, as bytes of {@code charset}. */
    static String encoded(String target, Charset charset) {
        for (int i = 0; i < target.length(); i++) {
            if (!isPlain(target.charAt(i))) {
                return encodedFrom(target, i, charset);
            }
        }
        return target;
    }

    private static boolean isPlain(char c) {
        return c > ' ' && c < 0x7f;
    }

    private static String encodedFrom(String target, int from, Charset charset) {
        StringBuilder encoded = new StringBuilder(target.length() + 16).append(target, 0, from);
        for (byte b : target.substring(from).getBytes(charset)) {
            char c = (char) (b & 0xff);
            if (isPlain(c)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static String local(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        int authority = target.indexOf("://");
        if (authority < 0) {
            return target;
        }
        int path = target.indexOf('/', authority + 3);
        return path < 0 ? "/" : target.substring(path);
    }
}
