package dev.mehari.relay;

import dev.mehari.relay.UpstreamLocation.TimeLimits;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is sent.
 *
 * @param basePath put before the request's path; no slash at its end
 * @param query used when the request has none; null for none
 * @param limits what differs from the endpoint's timeouts
 */
record RelayTarget(
        UpstreamAddress address, String basePath, @Nullable String query, TimeLimits limits) {}
