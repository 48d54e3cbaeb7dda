package dev.mehari.upstream;

import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.RequestRejected;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the request fit for the upstream in {@code mehari.upstream}; named {@code prepareUpstreamRequest} in the routes.
 * Removes what {@link PrivateHeaders} lists, headers that {@code Connection} names and credentials in the query, and adds
 * the credential of the try ({@code mehari.upstream-credential}), else the upstream's own. Where the upstream knows the model
 * by another name, that is put into the body, of which nothing else changes; a body in which it cannot be put is refused with
 * {@link RequestRejected}. Its encoding and every other header stay as they are. Cookies belong to the application
 * behind a plain target and stay there, but for Mehari's own; an LLM API gets none. The answer to a metered call is asked for in
 * {@link ReadableCodings}. May run again for a retry: it does
 * nothing that it has done already.
 */
public final class PrepareUpstreamRequest implements Processor {
    /** Version that docs.anthropic.com/en/api/versioning gives as the current one, November 2026. */
    private static final String ANTHROPIC_VERSION = "2023-06-01";

    private static final String ACCEPT_ENCODING = "Accept-Encoding";
    private static final String OWN_COOKIES = "mehari";
    private static final String MODEL = "model";

    private final PrivateHeaders privateHeaders = new PrivateHeaders();

    private final ModelInBody models = new ModelInBody();

    @Override
    public void process(Exchange exchange) throws RequestRejected {
        Upstream upstream = (Upstream) exchange.getProperty(ExchangeKeys.UPSTREAM);
        if (upstream == null) {
            throw new IllegalStateException("chooseUpstream has to run before prepareUpstreamRequest");
        }
        Message message = exchange.getMessage();
        Map<String, Object> headers = message.getHeaders();
        Set<String> named = namedBy(headers.get("Connection"));
        for (Iterator<String> names = headers.keySet().iterator(); names.hasNext(); ) {
            String name = names.next();
            if (privateHeaders.contains(name) || (!named.isEmpty() && named.contains(name))) {
                names.remove();
            }
        }
        removeCookies(headers, upstream);
        if (Boolean.TRUE.equals(exchange.getProperty(ExchangeKeys.METERED))) {
            narrowCodings(headers);
        }
        if (headers.get(Exchange.HTTP_RAW_QUERY) instanceof String query) {
            headers.put(Exchange.HTTP_RAW_QUERY, QueryCredentials.removeFrom(query));
        }

        if (!upstream.options().aliases().isEmpty()) {
            putModel(exchange, upstream.options());
        }
        UpstreamCredential credential = exchange.getProperty(ExchangeKeys.CREDENTIAL) instanceof UpstreamCredential own
                ? own
                : upstream.credential();
        if (credential != null) {
            headers.put(credential.header(), credential.value());
        }
        if (upstream.dialect() == Dialect.ANTHROPIC) {
            headers.putIfAbsent("anthropic-version", ANTHROPIC_VERSION);
        }
    }

    /** What is not JSON in UTF-8 was not read before, so that the call may be for a model of another name there. */
    private void putModel(Exchange exchange, UpstreamOptions options) throws RequestRejected {
        Message message = exchange.getMessage();
        if (!(message.getBody() instanceof byte[] body) || body.length == 0) {
            return;
        }
        String model = (String) exchange.getProperty(ExchangeKeys.MODEL);
        if (model == null) {
            if (isCompressed(message) && exchange.getProperty(ExchangeKeys.DIALECT) != Dialect.PLAIN) {
                throw new RequestRejected(
                        RequestRejected.Kind.MALFORMED,
                        "compressed_body",
                        "The upstream of this call knows models by other names, which cannot be put into a compressed"
                                + " body: send it uncompressed.",
                        null);
            }
            return;
        }
        String there = options.modelThere(model);
        if (!there.equals(model)) {
            byte[] changed = models.replace(body, there);
            if (changed == null) {
                throw new RequestRejected(
                        RequestRejected.Kind.MALFORMED,
                        "invalid_json",
                        "The request body has to be JSON in UTF-8, for its upstream knows this model by another name.",
                        MODEL);
            }
            message.setBody(changed);
        }
    }

    private static boolean isCompressed(Message message) {
        Object encoding = message.getHeader("Content-Encoding");
        return encoding != null
                && !encoding.toString().isBlank()
                && !"identity".equalsIgnoreCase(encoding.toString().strip());
    }

    // X-Request-Id and Content-* cannot be options of a connection; naming them there would only hide them (RFC 9110,
    // 7.6.1).
    private static Set<String> namedBy(@Nullable Object connection) {
        if (connection == null) {
            return Set.of();
        }
        String all = connection instanceof List<?> values ? String.join(",", strings(values)) : connection.toString();
        if (all.equalsIgnoreCase("keep-alive") || all.equalsIgnoreCase("close")) {
            return Set.of();
        }
        Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String part : all.split(",", -1)) {
            String name = part.strip();
            String lower = name.toLowerCase(Locale.ROOT);
            if (!name.isEmpty()
                    && !lower.startsWith("content-")
                    && !lower.startsWith("camel")
                    && !lower.equals("x-request-id")) {
                named.add(name);
            }
        }
        return named;
    }

    private static List<String> strings(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    private static void narrowCodings(Map<String, Object> headers) {
        Object accepted = headers.get(ACCEPT_ENCODING);
        if (accepted != null) {
            String all = accepted instanceof List<?> values ? String.join(",", strings(values)) : accepted.toString();
            headers.put(ACCEPT_ENCODING, ReadableCodings.of(all));
        }
    }

    private static void removeCookies(Map<String, Object> headers, Upstream upstream) {
        Object cookies = headers.get("Cookie");
        if (cookies == null) {
            return;
        }
        String kept = upstream.dialect() == Dialect.PLAIN ? withoutOwn(cookies) : "";
        if (kept.isEmpty()) {
            headers.remove("Cookie");
        } else {
            headers.put("Cookie", kept);
        }
    }

    // A browser sends the admin page's cookies here too: cookies do not heed ports.
    private static String withoutOwn(Object cookies) {
        String all = cookies instanceof List<?> values ? String.join("; ", strings(values)) : cookies.toString();
        var kept = new StringBuilder();
        for (String cookie : all.split(";", -1)) {
            String pair = cookie.strip();
            if (!pair.isEmpty() && !pair.regionMatches(true, 0, OWN_COOKIES, 0, OWN_COOKIES.length())) {
                kept.append(kept.isEmpty() ? "" : "; ").append(pair);
            }
        }
        return kept.toString();
    }
}
