package dev.mehari.admin;

import dev.mehari.admin.RoutesView.Checked;
import java.util.function.Function;
import org.apache.camel.Exchange;

/**
 * Answers {@code POST /api/routes/check} and {@code POST /api/routes/reload} with {@code {"outcome","version","changed","problems"}}:
 * 200 also when the files cannot be used, which is what was asked. Named {@code checkRoutes} and {@code reloadRoutes}.
 */
public final class CheckRoutes extends AdminResource {
    private final RoutesView routes;
    private final Function<RoutesView, Checked> action;

    private CheckRoutes(RoutesView routes, Function<RoutesView, Checked> action) {
        this.routes = routes;
        this.action = action;
    }

    /** Changes nothing. */
    public static CheckRoutes only(RoutesView routes) {
        return new CheckRoutes(routes, RoutesView::check);
    }

    /** Puts the files in force if they can be. */
    public static CheckRoutes thenSwap(RoutesView routes) {
        return new CheckRoutes(routes, RoutesView::reload);
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal {
        new AdminRequest(exchange).noFilters();
        AdminAnswer.put(exchange, 200, RoutesJson.of(action.apply(routes)));
    }
}
