package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What a request of the admin API says outside its body. Camel puts headers, query parameters and parts of the path into one
 * map, where one name given twice becomes a list; a list is what nobody asked for, and never taken for a text.
 */
final class AdminRequest {
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");
    /** No parameter may hold it. */
    private static final String UNDECODED = "\0";

    private final Exchange exchange;

    AdminRequest(Exchange exchange) {
        this.exchange = exchange;
    }

    /** A header or part of the path; null when there is none, or several, or it holds a NUL, which nothing kept can. */
    @Nullable
    String text(String name) {
        return exchange.getMessage().getHeader(name) instanceof String text && text.indexOf('\0') < 0 ? text : null;
    }

    /** The {@code id} of the path. */
    long id() throws AdminRefusal {
        return id("id", text("id"));
    }

    /** The id that {@code text} is, which {@code field} holds. */
    static long id(String field, @Nullable String text) throws AdminRefusal {
        if (text == null || !ID.matcher(text).matches()) {
            throw AdminRefusal.invalidValue(field, "must be an id, which is a whole number");
        }
        return Long.parseLong(text);
    }

    /** For a resource that takes no query parameters: refuses any. */
    void noFilters() throws AdminRefusal {
        filters(Set.of());
    }

    /**
     * Query parameters by name, from the query as it was sent: a header of the same name is none. Those without a value are
     * left out; refuses names other than {@code known}, and one that is there twice.
     */
    Map<String, String> filters(Set<String> known) throws AdminRefusal {
        Map<String, String> filters = new HashMap<>();
        for (String pair : pairs()) {
            int is = pair.indexOf('=');
            String name = name(pair);
            String value = is < 0 ? "" : decoded(pair.substring(is + 1), UNDECODED);
            if (!known.contains(name)) {
                throw AdminRefusal.unknownField(
                        name,
                        known.isEmpty()
                                ? "this takes no query parameters"
                                : "there is no such query parameter, but " + String.join(", ", new TreeSet<>(known)));
            }
            if (value.contains(UNDECODED)) {
                throw AdminRefusal.invalidValue(name, "must be text, percent-encoded");
            }
            if (!value.isEmpty() && filters.putIfAbsent(name, value) != null) {
                throw AdminRefusal.invalidValue(name, "must be there once only");
            }
        }
        return filters;
    }

    /** True for {@code csv} as {@code format}; without one, where {@code Accept} takes CSV and does not name JSON. */
    boolean wantsCsv(@Nullable String format) throws AdminRefusal {
        if (format != null) {
            return switch (format) {
                case "csv" -> true;
                case "json" -> false;
                default -> throw AdminRefusal.invalidValue("format", "must be json or csv");
            };
        }
        String accept = text("Accept");
        String types = accept == null ? "" : accept.toLowerCase(Locale.ROOT);
        return types.contains("text/csv") && !types.contains("json");
    }

    /** Names of the query's parameters, whatever they are. */
    Set<String> parameters() {
        Set<String> names = new TreeSet<>();
        for (String pair : pairs()) {
            names.add(name(pair));
        }
        return names;
    }

    String method() {
        String method = text(Exchange.HTTP_METHOD);
        return method == null ? "" : method.toUpperCase(Locale.ROOT);
    }

    private List<String> pairs() {
        String query = text(Exchange.HTTP_RAW_QUERY);
        return query == null
                ? List.of()
                : Stream.of(query.split("[&;]", -1))
                        .filter(pair -> !pair.isEmpty() && !pair.equals("="))
                        .toList();
    }

    private static String name(String pair) {
        int is = pair.indexOf('=');
        String name = is < 0 ? pair : pair.substring(0, is);
        return decoded(name, name);
    }

    private static String decoded(String text, String otherwise) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException malformed) {
            return otherwise;
        }
    }
}
