package dev.mehari.admin;

import dev.mehari.capture.Capture;
import dev.mehari.capture.CaptureReader;
import dev.mehari.capture.CaptureStore;
import dev.mehari.capture.CaptureStore.CannotOpen;
import dev.mehari.failure.StorageUnavailable;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET /api/captured/{request}} with the call and its bodies, opened; of several with this id the latest, unless
 * {@code at} names another. Writes down who asked. 404 where nothing is kept, 400 {@code invalid_state} where it does not open.
 * Named {@code showCapture}.
 */
public final class ShowCapture extends AdminResource {
    private static final Logger LOG = LoggerFactory.getLogger(ShowCapture.class);

    private final CaptureStore captures;

    public ShowCapture(CaptureStore captures) {
        this.captures = captures;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        AuditFilters filters = new AuditFilters(request.filters(Set.of("at")));
        String id = CaptureAccess.requestId(request);
        CaptureReader reader = CaptureAccess.reader(exchange);
        try {
            Optional<Capture> capture = captures.open(id, filters.time("at"), reader);
            if (capture.isEmpty()) {
                throw CaptureAccess.unknown();
            }
            LOG.info(
                    "The captured bodies of request {} of key {} were opened by {} from {}",
                    capture.get().call().requestId(),
                    capture.get().call().keyId(),
                    reader.by(),
                    reader.client());
            AdminAnswer.put(exchange, 200, CaptureJson.of(capture.get()));
        } catch (CannotOpen sealed) {
            throw AdminRefusal.invalidState(String.valueOf(sealed.getMessage()));
        }
    }
}
