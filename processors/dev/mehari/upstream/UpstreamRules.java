package dev.mehari.upstream;

import dev.mehari.exchange.Dialect;
import dev.mehari.failure.InvalidField;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** What the fields of an upstream may be. Each rule returns the value as it is to be kept, or says what is wrong with it. */
public final class UpstreamRules {
    public static final int LONGEST_URL = 2_000;
    public static final int MOST_ALIASES = 1_000;

    private static final int LONGEST_MODEL = 200;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

    private UpstreamRules() {}

    /** 1 to 63 of {@code a-z 0-9 . _ -}, the first a letter or digit. */
    public static String name(String field, String name) throws InvalidField {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidField(
                    field, "must have 1 to 63 of a-z, 0-9, dot, underscore and dash, and begin with a letter or digit");
        }
        return name;
    }

    /** {@code http} or {@code https} with a host, without user, query and fragment. */
    public static String baseUrl(String field, String url) throws InvalidField {
        try {
            var unused = Upstream.at("it", Dialect.PLAIN, uri(field, url), null, null);
            return url;
        } catch (IllegalArgumentException none) {
            throw new InvalidField(
                    field,
                    "must be a URL such as https://api.example.com, with http or https and a host, and without user,"
                            + " query and fragment");
        }
    }

    /** {@code http://host:port}, or {@code none}. */
    public static String forwardProxy(String field, String url) throws InvalidField {
        if (url.equals(UpstreamFields.DIRECT)) {
            return url;
        }
        URI uri = uri(field, url);
        boolean onlyHostAndPort = uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && (uri.getRawPath() == null
                        || uri.getRawPath().isEmpty()
                        || uri.getRawPath().equals("/"));
        if (!"http".equalsIgnoreCase(uri.getScheme())
                || !onlyHostAndPort
                || uri.getPort() > 65_535
                || uri.getPort() == 0) {
            throw new InvalidField(field, "must be the URL of an HTTP proxy such as http://proxy:3128, or none");
        }
        return url;
    }

    /** From names that callers use to the upstream's; up to {@value #MOST_ALIASES} of up to 200 characters. */
    public static Map<String, String> aliases(String field, Map<String, String> aliases) throws InvalidField {
        if (aliases.size() > MOST_ALIASES) {
            throw new InvalidField(field, "must have at most " + MOST_ALIASES + " entries");
        }
        for (Map.Entry<String, String> alias : aliases.entrySet()) {
            if (!isModel(alias.getKey()) || !isModel(alias.getValue())) {
                throw new InvalidField(
                        field,
                        "must be from names of models to names, each with 1 to 200 characters that can be shown");
            }
        }
        return aliases;
    }

    /** The name of one model. */
    public static String model(String field, String model) throws InvalidField {
        if (!isModel(model)) {
            throw new InvalidField(field, "must have 1 to 200 characters that can be shown");
        }
        return model;
    }

    /** 1 ms to a day. */
    public static Duration timeout(String field, Duration timeout) throws InvalidField {
        return between(field, timeout, Duration.ofMillis(1), LONGEST_TIMEOUT, "1ms to 1d");
    }

    /** 0 to 30 days. */
    public static Duration sticky(String field, Duration sticky) throws InvalidField {
        return between(field, sticky, Duration.ZERO, Duration.ofDays(30), "0 to 30d");
    }

    /** 1 s to a day. */
    public static Duration probeInterval(String field, Duration interval) throws InvalidField {
        return between(field, interval, Duration.ofSeconds(1), Duration.ofDays(1), "1s to 1d");
    }

    private static Duration between(String field, Duration value, Duration least, Duration most, String range)
            throws InvalidField {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new InvalidField(field, "must be from " + range);
        }
        return value;
    }

    private static boolean isModel(String name) {
        return !name.isBlank()
                && name.length() <= LONGEST_MODEL
                && name.codePoints().noneMatch(c -> Character.isISOControl(c) || (c >= 0xd800 && c <= 0xdfff));
    }

    private static URI uri(String field, String url) throws InvalidField {
        try {
            if (url.length() <= LONGEST_URL) {
                return new URI(url);
            }
        } catch (URISyntaxException none) {
            throw new InvalidField(field, "must be a URL");
        }
        throw new InvalidField(field, "must have at most " + LONGEST_URL + " characters");
    }
}
