package dev.mehari.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** Folders of tests that outlive any one of them; they are deleted when the JVM ends. */
public final class TestFolder {
    private static final Collection<Path> CREATED = new ConcurrentLinkedQueue<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> CREATED.forEach(TestFolder::delete)));
    }

    private TestFolder() {}

    /** A new one, empty, whose name begins with {@code name}. */
    public static Path create(String name) throws IOException {
        Path folder = Files.createTempDirectory(name);
        CREATED.add(folder);
        return folder;
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path one : deepestFirst) {
                Files.deleteIfExists(one);
            }
        } catch (IOException | UncheckedIOException failure) {
            System.err.println("left behind: " + folder + ": " + failure);
        }
    }
}
