package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.capture.CaptureReader;
import dev.mehari.capture.CaptureStore;
import dev.mehari.failure.StorageUnavailable;
import java.util.Set;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code DELETE /api/captured?key=ID} with {@code {"deleted":7}} once all bodies of that key's calls are gone; named
 * {@code deleteCaptured}.
 */
public final class DeleteCaptured extends AdminResource {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteCaptured.class);

    private final CaptureStore captures;

    public DeleteCaptured(CaptureStore captures) {
        this.captures = captures;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        Long key = new AuditFilters(new AdminRequest(exchange).filters(Set.of("key"))).id("key");
        if (key == null) {
            throw AdminRefusal.invalidValue("key", "say of which key");
        }
        CaptureReader reader = CaptureAccess.reader(exchange);
        int deleted = captures.deleteOf(key, reader);
        LOG.info("{} captures of key {} were deleted by {} from {}", deleted, key, reader.by(), reader.client());
        AdminAnswer.put(exchange, 200, JsonNodeFactory.instance.objectNode().put("deleted", deleted));
    }
}
