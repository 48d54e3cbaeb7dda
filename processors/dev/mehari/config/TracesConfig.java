package dev.mehari.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether, and where to, spans are sent.
 *
 * @param endpoint where a collector takes OTLP over HTTP; null for no spans at all
 * @param sample share of the traces begun here that are recorded, 0 to 1; whoever begins a trace elsewhere decides about it
 * @param headers {@code name=value}, separated by commas or line ends, values percent-encoded; null for none
 */
public record TracesConfig(
        @Nullable URI endpoint, double sample, @Nullable Secret headers) {
    private static final String ENDPOINT = "mehari.traces.endpoint";
    private static final String HEADERS = "mehari.traces.headers";
    /** Where collectors take spans, as the OTLP specification has it. */
    private static final String USUAL_PATH = "/v1/traces";

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]*");
    /** Those that the HTTP client sets itself. */
    private static final Set<String> NOT_OURS =
            Set.of("connection", "content-length", "content-type", "expect", "host", "upgrade", "transfer-encoding");

    public static TracesConfig from(Settings settings) {
        URI endpoint = settings.optionalUri(
                ENDPOINT,
                "URL of the collector that spans are sent to by OTLP over HTTP; without a path it is /v1/traces; none"
                        + " sends none");
        double sample = settings.ratio(
                "mehari.traces.sample", "1.0", "share of the traces begun here that are recorded, from 0 to 1");
        Secret headers = settings.optionalSecret(
                HEADERS, "headers for the collector, such as Authorization=Bearer%20token, separated by commas");
        TracesConfig config = new TracesConfig(endpoint == null ? null : whole(endpoint, settings), sample, headers);
        if (config.headersByName() == null) {
            settings.problem(HEADERS + " has to be name=value, separated by commas, values percent-encoded, and without"
                    + " headers that HTTP itself needs");
        }
        return config;
    }

    private static URI whole(URI endpoint, Settings settings) {
        String scheme = endpoint.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https"))
                || endpoint.getRawUserInfo() != null
                || endpoint.getRawQuery() != null
                || endpoint.getRawFragment() != null) {
            settings.problem(ENDPOINT
                    + " has to be http or https without user, query and fragment; credentials go into " + HEADERS);
            return endpoint;
        }
        String path = endpoint.getRawPath();
        if (path != null && !path.isEmpty() && !path.equals("/")) {
            return endpoint;
        }
        try {
            return new URI(endpoint.getScheme(), endpoint.getRawAuthority(), USUAL_PATH, null, null);
        } catch (URISyntaxException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    /** The headers to send with all spans, in their order; null when they cannot be read. */
    public @Nullable Map<String, String> headersByName() {
        Map<String, String> byName = new LinkedHashMap<>();
        if (headers == null) {
            return byName;
        }
        for (String part : headers.reveal().split("[,\\r\\n]", -1)) {
            int equals = part.indexOf('=');
            if (part.isBlank()) {
                continue;
            }
            String name = equals < 0 ? "" : part.substring(0, equals).strip();
            String value = decoded(part.substring(equals + 1).strip());
            if (value == null || !NAME.matcher(name).matches() || NOT_OURS.contains(name.toLowerCase(Locale.ROOT))) {
                return null;
            }
            byName.put(name, value);
        }
        return byName;
    }

    private static @Nullable String decoded(String value) {
        try {
            String plain = URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
            return VALUE.matcher(plain).matches() ? plain : null;
        } catch (IllegalArgumentException notEncoded) {
            return null;
        }
    }
}
