package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamRegistry;
import org.apache.camel.Exchange;

/**
 * Answers {@code PATCH /api/upstreams/{name}} with the upstream as it is now: what the body gives has changed, null has
 * reset, the rest is as it was. 400 with the field for what cannot be, and nothing has changed; named {@code editUpstream}.
 */
public final class EditUpstream extends AdminResource {
    private final UpstreamRegistry upstreams;

    public EditUpstream(UpstreamRegistry upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, InvalidField, StorageUnavailable {
        String name = UpstreamAnswers.name(exchange);
        ObjectNode body = AdminBody.of(exchange).object();
        AdminAnswer.put(
                exchange, 200, UpstreamAnswers.json(upstreams.edit(name, before -> UpstreamForm.edit(body, before))));
    }
}
