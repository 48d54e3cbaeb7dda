package dev.mehari.admin;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamRegistry;
import org.apache.camel.Exchange;

/**
 * Answers {@code DELETE /api/upstreams/{name}} with the upstream as it was; it is removed with its credentials, and calls
 * under way end as they would have; named {@code deleteUpstream}.
 */
public final class DeleteUpstream extends AdminResource {
    private final UpstreamRegistry upstreams;

    public DeleteUpstream(UpstreamRegistry upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        String name = UpstreamAnswers.name(exchange);
        AdminBody.none(exchange);
        AdminAnswer.put(exchange, 200, UpstreamAnswers.json(upstreams.delete(name)));
    }
}
