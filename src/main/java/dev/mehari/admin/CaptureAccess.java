package dev.mehari.admin;

import dev.mehari.capture.CaptureReader;
import org.apache.camel.Exchange;

/** Who asks for captured bodies, and for which. */
final class CaptureAccess {
    private CaptureAccess() {}

    static CaptureReader reader(Exchange exchange) {
        return new CaptureReader(
                CurrentSession.of(exchange) == null ? "token" : "password", RequestOrigin.client(exchange));
    }

    /** The request id of the path. */
    static String requestId(AdminRequest request) throws AdminRefusal {
        String id = request.text("request");
        if (id == null) {
            throw AdminRefusal.invalidValue("request", "must be the id of a request");
        }
        return id;
    }

    static AdminRefusal unknown() {
        return AdminRefusal.unknown("capture", "request", "There are no bodies of a request with this id.");
    }
}
