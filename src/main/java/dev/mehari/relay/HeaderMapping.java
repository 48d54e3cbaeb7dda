package dev.mehari.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Moves headers between HTTP and a Camel message without Camel's filter, which compiles expressions per header and drops
 * {@code Cache-Control} and {@code Date} from answers. Hop-by-hop headers and the framing never cross; nor do
 * {@code Camel*} headers, in either direction, so a client cannot speak to the routes through them.
 */
final class HeaderMapping {
    private HeaderMapping() {}

    /** Values are String, or {@code List<String>} where a name is repeated. */
    static void toCamel(HttpHeaders from, Map<String, Object> to) {
        List<String> named = namedByConnection(from);
        Iterator<Map.Entry<CharSequence, CharSequence>> headers = from.iteratorCharSequence();
        while (headers.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = headers.next();
            String name = header.getKey().toString();
            if (isInternal(name)
                    || staysOnThisHop(name)
                    || (named != null && named.contains(name.toLowerCase(Locale.ROOT)))) {
                continue;
            }
            String value = header.getValue().toString();
            Object earlier = to.putIfAbsent(name, value);
            if (earlier != null) {
                List<Object> all = new ArrayList<>();
                if (earlier instanceof List<?> several) {
                    all.addAll(several);
                } else {
                    all.add(earlier);
                }
                all.add(value);
                to.put(name, all);
            }
        }
    }

    static void toHttp(Map<String, Object> from, HttpHeaders to) {
        for (Map.Entry<String, Object> header : from.entrySet()) {
            String name = header.getKey();
            if (isInternal(name) || staysOnThisHop(name)) {
                continue;
            }
            Object value = header.getValue();
            if (value instanceof String text) {
                to.add(name, text);
            } else if (value instanceof Iterable<?> several) {
                to.add(name, several);
            } else if (value != null) {
                to.add(name, value.toString());
            }
        }
    }

    private static boolean isInternal(String name) {
        return name.regionMatches(true, 0, "camel", 0, 5);
    }

    /** RFC 9110, section 7.6.1, and the headers that frame a message. */
    private static boolean staysOnThisHop(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("te");
            case 4 -> name.equalsIgnoreCase("host");
            case 6 -> name.equalsIgnoreCase("expect");
            case 7 -> name.equalsIgnoreCase("upgrade");
            case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
            case 14 -> name.equalsIgnoreCase("content-length");
            case 16 -> name.equalsIgnoreCase("proxy-connection");
            case 17 -> name.equalsIgnoreCase("transfer-encoding");
            case 18 -> name.equalsIgnoreCase("proxy-authenticate");
            case 19 -> name.equalsIgnoreCase("proxy-authorization");
            default -> false;
        };
    }

    /** Names of headers that Connection keeps to this hop, in lower case; null, mostly, for none. */
    private static @Nullable List<String> namedByConnection(HttpHeaders from) {
        String first = from.get(HttpHeaderNames.CONNECTION);
        if (first == null) {
            return null;
        }
        List<String> lines = from.getAll(HttpHeaderNames.CONNECTION);
        if (lines.size() == 1 && (first.equalsIgnoreCase("keep-alive") || first.equalsIgnoreCase("close"))) {
            return null;
        }
        List<String> names = new ArrayList<>();
        for (String line : lines) {
            for (String name : line.split(",", -1)) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
