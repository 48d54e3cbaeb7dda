package dev.mehari.relay;

import org.jspecify.annotations.Nullable;

/** Takes a request target apart without judging it: bytes that {@link java.net.URI} rejects are passed on as they came. */
final class RequestTarget {
    private RequestTarget() {}

    /** The path, from the first slash to the query; of an absolute target too. */
    static String path(String target) {
        String local = local(target);
        int query = local.indexOf('?');
        return query < 0 ? local : local.substring(0, query);
    }

    /** The query without its question mark; null when there is none. */
    static @Nullable String query(String target) {
        int query = target.indexOf('?');
        return query < 0 ? null : target.substring(query + 1);
    }

    private static String local(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        int authority = target.indexOf("://");
        if (authority < 0) {
            return target;
        }
        int path = target.indexOf('/', authority + 3);
        return path < 0 ? "/" : target.substring(path);
    }
}
