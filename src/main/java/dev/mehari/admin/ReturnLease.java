package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.LedgerOffice;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code DELETE /api/leases/{id}} with {@code {"returned":1}}: takes one lease back and so ends its call; 404 when there
 * is none with this id; named {@code returnLease}.
 */
public final class ReturnLease extends AdminResource {
    private static final Logger LOG = LoggerFactory.getLogger(ReturnLease.class);

    private final LedgerOffice office;

    public ReturnLease(LedgerOffice office) {
        this.office = office;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        long lease = request.id();
        if (!office.takeBackLease(lease)) {
            throw AdminRefusal.unknown("lease", "id", "There is no lease with this id.");
        }
        LOG.info("An operator took lease {} back", lease);
        AdminAnswer.put(exchange, 200, JsonNodeFactory.instance.objectNode().put("returned", 1));
    }
}
