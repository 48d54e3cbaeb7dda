package dev.mehari.relay;

import org.jspecify.annotations.Nullable;

/**
 * Where a request is sent.
 *
 * @param basePath put before the request's path; no slash at its end
 * @param query used when the request has none; null for none
 */
record RelayTarget(
        UpstreamAddress address, String basePath, @Nullable String query) {}
