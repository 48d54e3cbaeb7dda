package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.capture.CaptureReader;
import dev.mehari.capture.CaptureStore;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code DELETE /api/captured/{request}} with {@code {"deleted":1}} once the bodies of all calls with this id are gone;
 * 404 where there are none; named {@code deleteCapture}.
 */
public final class DeleteCapture extends AdminResource {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteCapture.class);

    private final CaptureStore captures;

    public DeleteCapture(CaptureStore captures) {
        this.captures = captures;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        String id = CaptureAccess.requestId(request);
        CaptureReader reader = CaptureAccess.reader(exchange);
        int deleted = captures.delete(id, reader);
        if (deleted == 0) {
            throw CaptureAccess.unknown();
        }
        LOG.info("{} captures were deleted by {} from {}", deleted, reader.by(), reader.client());
        AdminAnswer.put(exchange, 200, JsonNodeFactory.instance.objectNode().put("deleted", deleted));
    }
}
