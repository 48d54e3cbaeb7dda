package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamRegistry;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/upstreams} with {@code {"upstreams":[...]}}, all that are stored, by name; named
 * {@code showUpstreams}.
 */
public final class ShowUpstreams extends AdminResource {
    private final UpstreamRegistry upstreams;

    public ShowUpstreams(UpstreamRegistry upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        new AdminRequest(exchange).noFilters();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("upstreams");
        upstreams.list().forEach(upstream -> list.add(UpstreamJson.of(upstream)));
        AdminAnswer.put(exchange, 200, json);
    }
}
