package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The token of whoever administers this instance: 64 hex digits, in the file {@value #FILE} of the data folder, which only
 * the owner may read. Its text form does not show it.
 */
public final class AdminToken {
    /** Name of the file within the data folder. */
    public static final String FILE = "admin-token";

    private static final int BYTES = 32;
    private static final String SCHEME = "Bearer ";

    private final byte[] token;

    private AdminToken(String token) {
        this.token = token.getBytes(UTF_8);
    }

    /** A token that is known already. */
    public static AdminToken of(String token) {
        if (token.isBlank()) {
            throw new IllegalArgumentException("the admin token is empty");
        }
        return new AdminToken(token.strip());
    }

    /**
     * Reads the token of a data folder and creates it first where there is none.
     *
     * @param random a secure source
     * @throws IOException when the folder cannot be written, or the file cannot be read or is empty
     */
    public static AdminToken inFolder(Path dataFolder, SecureRandom random) throws IOException {
        Path file = dataFolder.resolve(FILE);
        if (!Files.exists(file)) {
            create(file, random);
        }
        String token = Files.readString(file, UTF_8).strip();
        if (token.isEmpty()) {
            throw new IOException(file + " is empty; delete it and a new token is made");
        }
        return new AdminToken(token);
    }

    // Whole or not at all, and never readable by others, also for a moment: written aside, then linked to its name.
    private static void create(Path file, SecureRandom random) throws IOException {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        Path folder = file.toAbsolutePath().getParent();
        boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
        Path aside = posix
                ? Files.createTempFile(
                        folder,
                        FILE,
                        null,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(folder, FILE, null);
        try {
            Files.writeString(aside, HexFormat.of().formatHex(bytes) + "\n", UTF_8);
            Files.createLink(file, aside);
        } catch (FileAlreadyExistsException e) {
            return; // another instance was quicker; its token counts
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    /**
     * True when an {@code Authorization} header shows this token. Takes the same time wherever a wrong one differs.
     *
     * @param authorization null when there is no such header
     */
    public boolean isShownBy(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] shown = authorization.substring(SCHEME.length()).strip().getBytes(UTF_8);
        return MessageDigest.isEqual(token, shown);
    }

    @Override
    public String toString() {
        return "***";
    }
}
