package dev.mehari.routes;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The files with the routes cannot be used as they are; nothing has changed. */
public final class RoutesRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<RoutesProblem> problems;

    RoutesRefused(List<RoutesProblem> problems, @Nullable Throwable cause) {
        super(problems.stream().map(RoutesProblem::toString).collect(Collectors.joining("; ")), cause);
        this.problems = List.copyOf(problems);
    }

    RoutesRefused(@Nullable String file, int line, String message, @Nullable Throwable cause) {
        this(List.of(new RoutesProblem(file, line, message)), cause);
    }

    /** At least one. */
    public List<RoutesProblem> problems() {
        return problems;
    }
}
