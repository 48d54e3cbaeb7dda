package dev.mehari.telemetry.traces;

import dev.mehari.inspection.Endpoint;
import dev.mehari.upstream.Upstream;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What the span of a try says, by the semantic conventions for HTTP clients.
 *
 * @param credentialId 0 where the upstream has none in the pool
 * @param number 0 for the first try
 * @param status of the answer; 0 for none
 * @param failure code of what went wrong; null for nothing beyond the status
 */
record TryDescription(
        String method,
        String path,
        Upstream upstream,
        long credentialId,
        int number,
        int status,
        @Nullable String failure)
        implements FinishedSpan.Described {
    @Override
    public String name() {
        return SpanName.of(method, path);
    }

    @Override
    public boolean isError() {
        return failure != null || status >= 400;
    }

    @Override
    public Attributes attributes() {
        AttributesBuilder all = Attributes.builder();
        SpanName.describe(all, method, Endpoint.at(path));
        all.put("server.address", upstream.host());
        all.put("server.port", (long) upstream.port());
        if (number > 0) {
            all.put("http.request.resend_count", (long) number);
        }
        if (status != 0) {
            all.put("http.response.status_code", (long) status);
        }
        if (isError()) {
            all.put("error.type", failure == null ? Integer.toString(status) : failure);
        }
        all.put("mehari.upstream", upstream.name());
        if (credentialId != 0) {
            all.put("mehari.credential_id", credentialId);
        }
        return all.build();
    }
}
