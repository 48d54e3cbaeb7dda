package dev.mehari.admin;

import dev.mehari.admin.BreakersView.Breaker;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code POST /api/breakers/{upstream}/open|close|reset} with the breaker as it is then, on this instance; 404 for an
 * unknown upstream. Named {@code openBreaker}, {@code closeBreaker} and {@code resetBreaker}.
 */
public final class ChangeBreaker extends AdminResource {
    /** What is done to it. */
    public enum Action {
        OPEN,
        CLOSE,
        RESET
    }

    private static final Logger LOG = LoggerFactory.getLogger(ChangeBreaker.class);

    private final BreakersView breakers;
    private final Action action;

    public ChangeBreaker(BreakersView breakers, Action action) {
        this.breakers = breakers;
        this.action = action;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        String upstream = known(request.text("upstream"));
        switch (action) {
            case OPEN -> breakers.open(upstream);
            case CLOSE -> breakers.close(upstream);
            case RESET -> breakers.reset(upstream);
        }
        LOG.info("An operator did {} the breaker of {}", action.name().toLowerCase(Locale.ROOT), upstream);
        AdminAnswer.put(exchange, 200, BreakerJson.of(one(upstream)));
    }

    private String known(@Nullable String upstream) throws AdminRefusal {
        if (upstream == null) {
            throw unknown();
        }
        return one(upstream).upstream();
    }

    private Breaker one(String upstream) throws AdminRefusal {
        return breakers.all().stream()
                .filter(breaker -> breaker.upstream().equals(upstream))
                .findFirst()
                .orElseThrow(ChangeBreaker::unknown);
    }

    private static AdminRefusal unknown() {
        return AdminRefusal.unknown("upstream", "upstream", "There is no upstream of this name.");
    }
}
