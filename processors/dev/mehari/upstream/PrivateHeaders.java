package dev.mehari.upstream;

import java.util.Arrays;

/**
 * Names of request headers that concern the caller's connection to Mehari and must not reach an upstream: hop-by-hop headers
 * (RFC 9110, section 7.6.1), the caller's credentials, what proxies on the way added, and what is addressed to Mehari.
 *
 * <p>Names are sorted into buckets by length, so that most of a request's headers cost one array access and no comparison.
 */
final class PrivateHeaders {
    private static final String[] NAMES = {
        // the connection
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Expect",
        "Content-Length",
        "Host",
        "HTTP2-Settings",
        // credentials
        "Authorization",
        "Proxy-Authorization",
        "Proxy-Authenticate",
        "X-Api-Key",
        "Api-Key",
        "X-Goog-Api-Key",
        // proxies before us
        "Forwarded",
        "X-Real-IP",
        "Via",
        "CF-Connecting-IP",
        "True-Client-IP",
        // to us
        "X-Request-Timeout",
    };
    private static final String[] PREFIXES = {"X-Mehari-", "X-Forwarded-"};

    private final String[][] byLength;

    PrivateHeaders() {
        int longest = 0;
        for (String name : NAMES) {
            longest = Math.max(longest, name.length());
        }
        byLength = new String[longest + 1][0];
        for (String name : NAMES) {
            String[] before = byLength[name.length()];
            String[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = name;
            byLength[name.length()] = after;
        }
    }

    boolean contains(String name) {
        if (name.length() < byLength.length) {
            for (String candidate : byLength[name.length()]) {
                if (candidate.equalsIgnoreCase(name)) {
                    return true;
                }
            }
        }
        if (name.length() > 2 && name.charAt(1) == '-') {
            for (String prefix : PREFIXES) {
                if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
                    return true;
                }
            }
        }
        return false;
    }
}
