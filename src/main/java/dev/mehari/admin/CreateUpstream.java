package dev.mehari.admin;

import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamFields;
import dev.mehari.upstream.UpstreamRegistry;
import org.apache.camel.Exchange;

/**
 * Answers {@code POST /api/upstreams} with 201 and the new upstream, which takes calls at once; 400 with the field for what
 * cannot be; named {@code createUpstream}.
 */
public final class CreateUpstream extends AdminResource {
    private final UpstreamRegistry upstreams;

    public CreateUpstream(UpstreamRegistry upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, InvalidField, StorageUnavailable {
        new AdminRequest(exchange).noFilters();
        UpstreamFields fields = UpstreamForm.create(AdminBody.of(exchange).object());
        AdminAnswer.put(exchange, 201, UpstreamAnswers.json(upstreams.create(fields)));
    }
}
