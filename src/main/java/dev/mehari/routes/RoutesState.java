package dev.mehari.routes;

import java.time.Instant;
import java.util.List;

/**
 * What is in force, and what still runs of before.
 *
 * @param folder where the files are, for people
 * @param watched whether changes are noticed by themselves
 * @param version number of the version in force; each swap counts one on
 * @param problems why the files are not in force as they are now; empty when they are
 */
public record RoutesState(
        String folder,
        boolean watched,
        int version,
        List<File> files,
        List<Older> older,
        List<RoutesProblem> problems) {
    /**
     * A file in force.
     *
     * @param version number of the version that it came with in this state
     * @param loadedAt when it did
     * @param routes ids
     */
    public record File(String name, int version, Instant loadedAt, List<String> routes) {}

    /** A version that was in force, and on which requests have still to end. */
    public record Older(int version, Instant loadedAt, long underWay) {}

    public RoutesState {
        files = List.copyOf(files);
        older = List.copyOf(older);
        problems = List.copyOf(problems);
    }
}
