package dev.mehari.routes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Where the files with the routes are: a folder, or the copy that is packaged with the program. */
public sealed interface RouteSource permits RouteSource.Folder, RouteSource.Packaged {
    /** What files with routes end with. */
    String SUFFIX = ".camel.yaml";

    /** All files, by name. Blocks. */
    Map<String, RouteFile> read() throws IOException;

    /** For people. */
    String described();

    /** Files in {@code path} itself, not below it; links are followed, so that a mounted ConfigMap works. */
    record Folder(Path path) implements RouteSource {
        @Override
        public Map<String, RouteFile> read() throws IOException {
            Map<String, RouteFile> files = new TreeMap<>();
            try (DirectoryStream<Path> found = Files.newDirectoryStream(path, "*" + SUFFIX)) {
                for (Path file : found) {
                    String name = file.getFileName().toString();
                    if (!name.startsWith(".") && Files.isRegularFile(file)) {
                        files.put(name, new RouteFile(name, text(Files.readAllBytes(file))));
                    }
                }
            }
            return files;
        }

        @Override
        public String described() {
            return path.toString();
        }
    }

    /** Files given by name and text; they never change. */
    record Packaged(Map<String, String> texts) implements RouteSource {
        public Packaged {
            texts = Map.copyOf(texts);
        }

        @Override
        public Map<String, RouteFile> read() {
            Map<String, RouteFile> files = new TreeMap<>();
            texts.forEach((name, text) -> files.put(name, new RouteFile(name, text)));
            return files;
        }

        @Override
        public String described() {
            return "packaged";
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
