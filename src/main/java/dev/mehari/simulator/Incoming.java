package dev.mehari.simulator;

import dev.mehari.exchange.Dialect;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * A complete request.
 *
 * @param path the path without the query
 * @param http11 whether the client understands chunks
 * @param keepAlive whether the connection stays open after the answer
 * @param body belongs to this request; released once by whoever answers
 */
record Incoming(String method, String path, HttpHeaders headers, boolean http11, boolean keepAlive, ByteBuf body) {
    static String pathOf(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    /** Returns whose API the caller speaks where the path leaves it open. */
    Dialect dialect() {
        return path.startsWith("/v1/messages") || headers.contains("anthropic-version")
                ? Dialect.ANTHROPIC
                : Dialect.OPENAI;
    }

    /** Returns what the rate limit counts by: the API key, or nothing. */
    String account() {
        String key = headers.get("authorization");
        if (key == null) {
            key = headers.get("x-api-key");
        }
        return key == null ? "" : key;
    }
}
