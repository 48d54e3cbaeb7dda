package dev.mehari.storage.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Files of the data folder that only the owner may read; each is written whole or not at all. */
public final class OwnersFile {
    private OwnersFile() {}

    /** Writes {@code text} in place of what {@code file} has. */
    public static void write(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        String name = String.valueOf(file.getFileName());
        boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
        Path aside = posix
                ? Files.createTempFile(
                        folder,
                        name,
                        null,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(folder, name, null);
        try {
            Files.writeString(aside, text, UTF_8);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
