package dev.mehari.upstream;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Narrows what a client takes ({@code Accept-Encoding}, RFC 9110, 12.5.3) to the codings that usage can be read from: gzip
 * where it takes gzip, else none. A client that takes neither keeps what it asked for.
 */
final class ReadableCodings {
    private static final String GZIP = "gzip";
    private static final String OLD_GZIP = "x-gzip";
    private static final String PLAIN = "identity";
    private static final String ANY = "*";
    private static final Set<String> READABLE = Set.of(GZIP, OLD_GZIP, PLAIN);

    private ReadableCodings() {}

    static String of(String acceptEncoding) {
        Map<String, Boolean> taken = new HashMap<>();
        for (String part : acceptEncoding.split(",", -1)) {
            int weight = part.indexOf(';');
            String coding = (weight < 0 ? part : part.substring(0, weight)).strip();
            if (!coding.isEmpty()) {
                taken.put(coding.toLowerCase(Locale.ROOT), weight < 0 || !isZero(part.substring(weight + 1)));
            }
        }
        if (READABLE.containsAll(taken.keySet())) {
            return acceptEncoding;
        }
        boolean any = taken.getOrDefault(ANY, false);
        boolean gzip = taken.getOrDefault(GZIP, taken.getOrDefault(OLD_GZIP, any));
        boolean plain = taken.getOrDefault(PLAIN, taken.getOrDefault(ANY, true));
        if (gzip) {
            return plain ? GZIP : GZIP + ", " + PLAIN + ";q=0";
        }
        return plain ? PLAIN : acceptEncoding;
    }

    /** {@code q=0}, {@code q=0.0} and so on. */
    private static boolean isZero(String weight) {
        String text = weight.strip();
        if (!text.regionMatches(true, 0, "q=", 0, 2)) {
            return false;
        }
        return text.substring(2).strip().matches("0(\\.0*)?");
    }
}
