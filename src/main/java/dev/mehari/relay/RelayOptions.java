package dev.mehari.relay;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.util.TimeUtils;
import org.apache.camel.util.URISupport;

/**
 * Options of a {@code netty-http} endpoint that Camel does not have, and the check that nothing is asked for which this
 * implementation would silently ignore. Times are in nanoseconds, -1 where not said.
 */
record RelayOptions(long firstByteNanos, long idleNanos, long totalNanos) {
    /** Stock options that do here what Camel documents. */
    private static final Set<String> SUPPORTED = Set.of(
            "backlog",
            "bridgeEndpoint",
            "bridgeErrorHandler",
            "connectTimeout",
            "exceptionHandler",
            "exchangePattern",
            "httpMethodRestrict",
            "keepAlive",
            "lazyStartProducer",
            "matchOnUriPrefix",
            "muteException",
            "nativeTransport",
            "okStatusCodeRange",
            "reuseAddress",
            "requestTimeout",
            "send503whenSuspended",
            "ssl",
            "sslContextParameters",
            "synchronous",
            "tcpNoDelay",
            "throwExceptionOnFailure",
            "traceEnabled",
            "usingExecutorService");

    /** Stock options of which one value only can be had, with that value and the reason. */
    private static final Map<String, Fixed> FIXED = Map.of(
            "usingExecutorService", new Fixed("false", "requests stay on their event loop"),
            "muteException", new Fixed("true", "stack traces are never sent to clients"),
            "send503whenSuspended", new Fixed("true", "a suspended route answers 503"),
            "tcpNoDelay", new Fixed("true", "event streams are sent at once"),
            "keepAlive", new Fixed("true", "connections that died are noticed"),
            "reuseAddress", new Fixed("true", "a restart must not wait for old connections"),
            "nativeTransport", new Fixed("true", "epoll is used where it loads"),
            "bridgeEndpoint", new Fixed("true", "the Host header is always the upstream's"),
            "exchangePattern", new Fixed("InOut", "each request is answered"),
            "synchronous", new Fixed("false", "waiting would block the event loop that the answer comes on"));

    private record Fixed(String value, String reason) {}

    /**
     * Takes our own options out of {@code parameters}.
     *
     * @throws IllegalArgumentException naming each option that is not supported
     */
    static RelayOptions take(String uri, Map<String, Object> parameters) {
        Object firstByte = parameters.remove("firstByteTimeout");
        Object idle = parameters.remove("idleTimeout");
        Object total = parameters.remove("totalTimeout");
        Set<String> problems = new TreeSet<>();
        parameters.forEach((name, value) -> {
            Fixed fixed = FIXED.get(name);
            if (!SUPPORTED.contains(name)) {
                problems.add(name + " is not supported");
            } else if (fixed != null && !fixed.value.equalsIgnoreCase(String.valueOf(value))) {
                problems.add(name + " can only be " + fixed.value + " (" + fixed.reason + ")");
            }
        });
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("netty-http endpoint " + URISupport.sanitizeUri(uri) + ": "
                    + String.join("; ", problems) + ". Remove what is not supported.");
        }
        return new RelayOptions(nanos(firstByte), nanos(idle), nanos(total));
    }

    private static long nanos(@org.jspecify.annotations.Nullable Object duration) {
        return duration == null ? -1 : TimeUtils.toMilliSeconds(duration.toString()) * 1_000_000;
    }
}
