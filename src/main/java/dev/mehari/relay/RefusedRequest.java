package dev.mehari.relay;

import dev.mehari.exchange.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * A request that no route has seen, as far as it could be read.
 *
 * @param id {@code X-Request-Id} of its call
 * @param path without query
 * @param forwardedFor its {@code X-Forwarded-For}; null when it has none
 */
public record RefusedRequest(
        String id, String method, String path, @Nullable String forwardedFor, Dialect dialect) {}
