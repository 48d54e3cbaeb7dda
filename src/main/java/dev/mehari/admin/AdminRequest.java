package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What a request of the admin API says outside its body. Camel puts headers, query parameters and parts of the path into one
 * map, where one name given twice becomes a list; a list is what nobody asked for, and never taken for a text.
 */
final class AdminRequest {
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

    private final Exchange exchange;

    AdminRequest(Exchange exchange) {
        this.exchange = exchange;
    }

    /** A header, query parameter or part of the path; null when there is none, or several. */
    @Nullable
    String text(String name) {
        return exchange.getMessage().getHeader(name) instanceof String text ? text : null;
    }

    /** The {@code id} of the path. */
    long id() throws AdminRefusal {
        return number("id", exchange.getMessage().getHeader("id"));
    }

    /** A query parameter that is an id; empty when it is not given. */
    OptionalLong id(String parameter) throws AdminRefusal {
        Object value = exchange.getMessage().getHeader(parameter);
        return value == null ? OptionalLong.empty() : OptionalLong.of(number(parameter, value));
    }

    /** Refuses query parameters other than {@code known}. */
    void onlyParameters(Set<String> known) throws AdminRefusal {
        for (String name : parameters()) {
            if (!known.contains(name)) {
                throw AdminRefusal.unknownField(
                        name,
                        known.isEmpty()
                                ? "This resource takes no query parameters."
                                : "The query parameters are: " + String.join(", ", new TreeSet<>(known)) + ".");
            }
        }
    }

    /** Names of the query's parameters as given. */
    Set<String> parameters() {
        Set<String> names = new TreeSet<>();
        String query = text(Exchange.HTTP_RAW_QUERY);
        if (query != null) {
            for (String pair : query.split("[&;]", -1)) {
                String name = pair.contains("=") ? pair.substring(0, pair.indexOf('=')) : pair;
                if (!name.isEmpty()) {
                    names.add(decoded(name));
                }
            }
        }
        return names;
    }

    String method() {
        String method = text(Exchange.HTTP_METHOD);
        return method == null ? "" : method.toUpperCase(Locale.ROOT);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }

    private static long number(String field, @Nullable Object value) throws AdminRefusal {
        if (value instanceof String text && ID.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        throw AdminRefusal.invalidValue(field, "An id is a whole number.");
    }
}
