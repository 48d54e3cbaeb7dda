package dev.mehari.caller;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request's headers say of its caller.
 *
 * @param key the key presented, in any of the headers that the dialects' clients use; null when there is none
 * @param priority {@code X-Mehari-Priority}; null when it is not said
 */
record CallerHeaders(@Nullable String key, @Nullable String priority) {
    private static final String AUTHORIZATION = "Authorization";
    private static final String BEARER = "Bearer ";
    /** In order of rank. */
    private static final List<String> PLAIN = List.of("x-api-key", "api-key", "x-goog-api-key");

    /**
     * Reads them and takes them all off, whether used or not. Walks the headers once, so that nothing depends on whether
     * the map minds the case of names, which is configurable in Camel.
     */
    static CallerHeaders takeFrom(Map<String, Object> headers) {
        String bearer = null;
        String plain = null;
        String priority = null;
        int rank = PLAIN.size();
        for (Iterator<Map.Entry<String, Object>> all = headers.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, Object> header = all.next();
            String name = header.getKey();
            int place = placeOf(name);
            if (place >= 0) {
                String value = key(first(header.getValue()));
                if (value != null && place < rank) {
                    rank = place;
                    plain = value;
                }
                all.remove();
            } else if (name.equalsIgnoreCase(AUTHORIZATION)) {
                bearer = bearer(first(header.getValue()).strip());
                all.remove();
            } else if (name.equalsIgnoreCase(RequestPriority.HEADER)) {
                priority = first(header.getValue());
                all.remove();
            }
        }
        return new CallerHeaders(bearer == null ? plain : bearer, priority);
    }

    private static int placeOf(String name) {
        for (int i = 0; i < PLAIN.size(); i++) {
            if (name.equalsIgnoreCase(PLAIN.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private static @Nullable String bearer(String text) {
        return text.regionMatches(true, 0, BEARER, 0, BEARER.length()) ? key(text.substring(BEARER.length())) : null;
    }

    private static @Nullable String key(String text) {
        String key = text.strip();
        return key.isEmpty() ? null : key;
    }

    /** A header that came several times is a list; the first counts. */
    private static String first(@Nullable Object value) {
        return value instanceof List<?> several && !several.isEmpty()
                ? String.valueOf(several.get(0))
                : String.valueOf(value);
    }
}
