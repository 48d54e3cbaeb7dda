package dev.mehari.routes;

import java.util.List;

/**
 * What came of reading the files anew.
 *
 * @param version number of the version in force then
 * @param changed names of the files that differ from those in force before: changed, new or deleted
 * @param problems why they cannot be used, in which case nothing has changed; empty otherwise
 */
public record Reload(Outcome outcome, int version, List<String> changed, List<RoutesProblem> problems) {
    /** How it ended. */
    public enum Outcome {
        /** A new version is in force; after a check: could be. */
        SWAPPED,
        /** The files are those in force. */
        UNCHANGED,
        /** The version before stays in force. */
        REFUSED
    }

    public Reload {
        changed = List.copyOf(changed);
        problems = List.copyOf(problems);
    }
}
