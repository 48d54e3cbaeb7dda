package dev.mehari.routes;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says when a folder has changed and come to rest. Looks at it instead of waiting for events of the file system: these do not
 * come from network mounts, and for a file behind links, as in a ConfigMap of Kubernetes, not under its name. One thread.
 */
final class FolderWatch {
    private final Path folder;
    private Map<String, String> handled;
    private @Nullable Map<String, String> moving;

    /** What {@code folder} is like now is taken for known. */
    FolderWatch(Path folder) {
        this.folder = folder;
        handled = look();
    }

    /** True once after each change, when two looks in a row have seen the same. */
    boolean hasComeToRest() {
        Map<String, String> seen = look();
        if (seen.equals(handled)) {
            moving = null;
            return false;
        }
        if (!seen.equals(moving)) {
            moving = seen;
            return false;
        }
        moving = null;
        handled = seen;
        return true;
    }

    private Map<String, String> look() {
        Map<String, String> seen = new TreeMap<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + RouteSource.SUFFIX)) {
            for (Path file : found) {
                seen.put(file.getFileName().toString(), state(file));
            }
        } catch (IOException gone) {
            seen.put("", gone.toString());
        }
        return seen;
    }

    private static String state(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.fileKey() + " " + now.size() + " " + now.lastModifiedTime() + " " + changed(file);
        } catch (IOException gone) {
            return gone.toString();
        }
    }

    /** When whatever is known of {@code file} last changed, such as who may read it; where the system keeps that. */
    private static Object changed(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(file, "unix:ctime")
                : "";
    }
}
