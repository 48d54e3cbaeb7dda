package dev.mehari.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder that the launcher stands in, where {@code routes/}, {@code config/} and by default {@code data/} are, whatever
 * folder it is called from. Without the launcher, the current folder takes its place for the data.
 */
final class LauncherFolder {
    private static final String PROPERTY = "mehari.home";

    private LauncherFolder() {}

    /** {@code name} in it; null when started without the launcher. */
    static @Nullable Path find(String name) {
        String folder = System.getProperty(PROPERTY);
        return folder == null ? null : Path.of(folder, name);
    }

    /** Where data is kept unless it is said otherwise. */
    static Path data() {
        Path beside = find("data");
        return beside == null ? Path.of("data") : beside;
    }
}
