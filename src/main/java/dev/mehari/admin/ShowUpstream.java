package dev.mehari.admin;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamRegistry;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/upstreams/{name}} with one stored upstream, 404 when there is none; named {@code showUpstream}.
 */
public final class ShowUpstream extends AdminResource {
    private final UpstreamRegistry upstreams;

    public ShowUpstream(UpstreamRegistry upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        String name = UpstreamAnswers.name(exchange);
        AdminAnswer.put(exchange, 200, UpstreamJson.of(upstreams.get(name).orElseThrow(UpstreamAnswers::unknown)));
    }
}
