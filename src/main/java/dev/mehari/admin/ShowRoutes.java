package dev.mehari.admin;

import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/routes} with {@code {"folder","watched","version","files":[...],"older":[...],"problems":[...]}} of
 * this instance; named {@code showRoutes}.
 */
public final class ShowRoutes extends AdminResource {
    private final RoutesView routes;

    public ShowRoutes(RoutesView routes) {
        this.routes = routes;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal {
        new AdminRequest(exchange).noFilters();
        AdminAnswer.put(exchange, 200, RoutesJson.of(routes.listing()));
    }
}
