package dev.mehari.relay;

import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.Charset;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Takes a request target apart without judging it: bytes that {@link java.net.URI} rejects are passed on as they came. */
final class RequestTarget {
    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private RequestTarget() {}

    /** True for one of the four forms of RFC 9112, section 3.2, and of an absolute one for http and https only. */
    static boolean isSound(HttpMethod method, String target) {
        if (target.startsWith("/")) {
            return true;
        }
        if (HttpMethod.CONNECT.equals(method)) {
            return Authority.isValid(target);
        }
        if (target.equals("*")) {
            return HttpMethod.OPTIONS.equals(method);
        }
        int scheme = schemeLength(target);
        String authority = scheme == 0 ? "" : target.substring(scheme, endOfAuthority(target, scheme));
        return !authority.isEmpty() && Authority.isValid(authority);
    }

    private static int schemeLength(String target) {
        if (target.regionMatches(true, 0, HTTP, 0, HTTP.length())) {
            return HTTP.length();
        }
        return target.regionMatches(true, 0, HTTPS, 0, HTTPS.length()) ? HTTPS.length() : 0;
    }

    private static int endOfAuthority(String target, int from) {
        int end = from;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        return end;
    }

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
