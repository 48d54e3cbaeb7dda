package dev.mehari.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A copy of the {@code routes/} folder in which a test has changed what it wants, as an operator would. */
public final class EditedRoutes {
    private final Path folder;

    private EditedRoutes(Path folder) {
        this.folder = folder;
    }

    public static EditedRoutes copy() throws IOException {
        Path folder = TestFolder.create("mehari-routes");
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        return new EditedRoutes(folder);
    }

    /** What {@code mehari.routes.dir} takes. */
    public Path folder() {
        return folder;
    }

    /** Puts {@code step}, YAML that begins with a dash, in front of the step with the id {@code stepId}. */
    public void insertBefore(String stepId, String step) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                List<String> lines = new ArrayList<>(Files.readAllLines(file));
                int at = beginOf(stepId, lines);
                if (at >= 0) {
                    String indent = lines.get(at).substring(0, lines.get(at).indexOf('-'));
                    lines.addAll(at, step.lines().map(line -> indent + line).toList());
                    Files.write(file, lines);
                    return;
                }
            }
        }
        throw new IllegalArgumentException("no step has the id " + stepId);
    }

    private static int beginOf(String stepId, List<String> lines) {
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).strip().equals("id: " + stepId)
                    && lines.get(i - 1).strip().startsWith("- ")) {
                return i - 1;
            }
        }
        return -1;
    }
}
