package dev.mehari.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;

/** Takes credentials out of a query: parameters named {@code key}, {@code api_key}, {@code api-key} or {@code access_token}. */
final class QueryCredentials {
    private QueryCredentials() {}

    /** {@code rawQuery} itself when it holds none, else a copy without them; the rest stays byte for byte. */
    static String removeFrom(String rawQuery) {
        if (!mayHoldOne(rawQuery)) {
            return rawQuery;
        }
        var rest = new StringBuilder(rawQuery.length());
        boolean removed = false;
        for (int start = 0; start <= rawQuery.length(); ) {
            int end = rawQuery.indexOf('&', start);
            end = end < 0 ? rawQuery.length() : end;
            if (isCredential(rawQuery, start, end)) {
                removed = true;
            } else {
                rest.append(rest.isEmpty() ? "" : "&").append(rawQuery, start, end);
            }
            start = end + 1;
        }
        return removed ? rest.toString() : rawQuery;
    }

    private static boolean mayHoldOne(String rawQuery) {
        return rawQuery.contains("key") || rawQuery.contains("token") || rawQuery.indexOf('%') >= 0;
    }

    private static boolean isCredential(String rawQuery, int start, int end) {
        int equals = rawQuery.indexOf('=', start);
        String name = rawQuery.substring(start, equals < 0 || equals > end ? end : equals);
        return switch (name.indexOf('%') < 0 ? name : decoded(name)) {
            case "key", "api_key", "api-key", "access_token" -> true;
            default -> false;
        };
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, UTF_8);
        } catch (IllegalArgumentException e) {
            return name; // broken encoding names nothing that anyone would take for a credential
        }
    }
}
