package dev.mehari.app;

import dev.mehari.admin.RoutesView;
import dev.mehari.routes.LiveRoutes;
import dev.mehari.routes.Reload;
import dev.mehari.routes.RoutesProblem;
import dev.mehari.routes.RoutesState;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Shows the live routes to the admin API. */
record RoutesOffice(Supplier<LiveRoutes> live) implements RoutesView {
    @Override
    public Listing listing() {
        RoutesState state = live.get().state();
        return new Listing(
                state.folder(),
                state.watched(),
                state.version(),
                state.files().stream()
                        .map(file -> new File(file.name(), file.version(), file.loadedAt(), file.routes()))
                        .toList(),
                state.older().stream()
                        .map(older -> new Older(older.version(), older.loadedAt(), older.underWay()))
                        .toList(),
                problems(state.problems()));
    }

    @Override
    public Checked check() {
        return checked(live.get().check());
    }

    @Override
    public Checked reload() {
        return checked(live.get().reload());
    }

    private static Checked checked(Reload reload) {
        return new Checked(
                reload.outcome().name().toLowerCase(Locale.ROOT),
                reload.version(),
                reload.changed(),
                problems(reload.problems()));
    }

    private static List<Problem> problems(List<RoutesProblem> problems) {
        return problems.stream()
                .map(problem -> new Problem(problem.file(), problem.line(), problem.message()))
                .toList();
    }
}
