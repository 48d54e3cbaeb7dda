package dev.mehari.admin;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routes as this instance runs them. Any thread; blocks while files are read and routes are built. */
public interface RoutesView {
    /**
     * What is in force.
     *
     * @param older versions on which requests have still to end
     * @param problems why the files are not in force as they are now; empty when they are
     */
    record Listing(
            String folder, boolean watched, int version, List<File> files, List<Older> older, List<Problem> problems) {
        public Listing {
            files = List.copyOf(files);
            older = List.copyOf(older);
            problems = List.copyOf(problems);
        }
    }

    /** A file in force; {@code version} is the one that it came with in this state. */
    record File(String name, int version, Instant loadedAt, List<String> routes) {
        public File {
            routes = List.copyOf(routes);
        }
    }

    /** A version that was in force before. */
    record Older(int version, Instant loadedAt, long underWay) {}

    /** What keeps files from being used; without a file where none is to blame, with line 0 where it is not known. */
    record Problem(@Nullable String file, int line, String message) {}

    /** What came of a check or a reload; its outcome is swapped, unchanged or refused. */
    record Checked(String outcome, int version, List<String> changed, List<Problem> problems) {
        public Checked {
            changed = List.copyOf(changed);
            problems = List.copyOf(problems);
        }
    }

    Listing listing();

    /** Builds what the files say, and throws it away. */
    Checked check();

    /** Puts the files in force if they can be. */
    Checked reload();
}
