package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.LedgerOffice;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code DELETE /api/keys/{id}/leases} with {@code {"returned"}}: takes all leases of a key back and so ends its calls;
 * 404 for an unknown key; named {@code returnLeases}.
 */
public final class ReturnLeases extends AdminResource {
    private static final Logger LOG = LoggerFactory.getLogger(ReturnLeases.class);

    private final LedgerOffice office;
    private final KnownKeys keys;

    public ReturnLeases(LedgerOffice office, KnownKeys keys) {
        this.office = office;
        this.keys = keys;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        long key = request.id();
        int returned = office.takeBack(key);
        if (returned == 0 && keys.limits(key).isEmpty()) {
            throw AdminRefusal.unknownKey();
        }
        LOG.info("An operator took {} leases of key {} back", returned, key);
        AdminAnswer.put(exchange, 200, JsonNodeFactory.instance.objectNode().put("returned", returned));
    }
}
