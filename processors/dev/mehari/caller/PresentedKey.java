package dev.mehari.caller;

import java.util.List;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** The key that a request presents, in any of the headers that the dialects' clients use. */
final class PresentedKey {
    private static final String AUTHORIZATION = "Authorization";
    private static final String BEARER = "Bearer ";
    private static final List<String> PLAIN = List.of("x-api-key", "api-key", "x-goog-api-key");

    private PresentedKey() {}

    /** Takes it off the message together with every other credential; null when there is none. */
    static @Nullable String takeFrom(Message message) {
        String key = bearer(message.removeHeader(AUTHORIZATION));
        for (String header : PLAIN) {
            Object value = message.removeHeader(header);
            if (key == null && value != null) {
                key = plain(first(value));
            }
        }
        return key;
    }

    private static @Nullable String bearer(@Nullable Object value) {
        String text = value == null ? "" : first(value).strip();
        return text.regionMatches(true, 0, BEARER, 0, BEARER.length()) ? plain(text.substring(BEARER.length())) : null;
    }

    private static @Nullable String plain(String text) {
        String key = text.strip();
        return key.isEmpty() ? null : key;
    }

    /** A header that came several times is a list; the first counts. */
    private static String first(Object value) {
        return value instanceof List<?> several && !several.isEmpty()
                ? String.valueOf(several.get(0))
                : String.valueOf(value);
    }
}
