package dev.mehari.credential.imports;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A ZIP of JSON and TOML files, one or more accounts each. Folders in it mean nothing; what it unpacks to is bounded in
 * number, size and proportion, whatever it says of itself, and nothing is written anywhere.
 */
final class ZipImport {
    private static final int MOST_FILES = 5_000;
    private static final int LARGEST_FILE = 1 << 20;
    private static final long LARGEST_WHOLE = 32 << 20;
    /** JSON packs to a tenth or so; a bomb packs to a thousandth. */
    private static final int MOST_EXPANSION = 100;

    private final ImportFile reader;
    private final ParsedImport into;
    private long unpacked;

    ZipImport(ImportFile reader, ParsedImport into) {
        this.reader = reader;
        this.into = into;
    }

    void read(byte[] zip) {
        long allowed = Math.min(LARGEST_WHOLE, Math.max(LARGEST_FILE, (long) zip.length * MOST_EXPANSION));
        int files = 0;
        try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                if (++files > MOST_FILES) {
                    into.problem("the rest", "a ZIP may have " + MOST_FILES + " entries at most");
                    return;
                }
                if (!read(entry, entries, allowed)) {
                    return;
                }
            }
            if (files == 0) {
                into.problem("the ZIP", "is empty, or is no ZIP");
            }
        } catch (IOException | IllegalArgumentException broken) {
            into.problem("the ZIP", "is damaged or encrypted" + (files == 0 ? "" : " after " + files + " entries"));
        }
    }

    /** False when the rest must not be unpacked. */
    private boolean read(ZipEntry entry, InputStream content, long allowed) throws IOException {
        String path = entry.getName();
        String name = EntryName.ofFile(path);
        boolean wanted = !entry.isDirectory() && !isHidden(path);
        // what is not wanted is unpacked by whoever skips it, too
        byte[] bytes = content.readNBytes(LARGEST_FILE + 1);
        unpacked += bytes.length;
        if (bytes.length > LARGEST_FILE || unpacked > allowed) {
            into.problem(name, "unpacks to more than is allowed; nothing after it was read");
            return false;
        }
        if (wanted) {
            String lower = path.toLowerCase(Locale.ROOT);
            if (lower.endsWith(".json")) {
                reader.json(bytes, name, into);
            } else if (lower.endsWith(".toml")) {
                reader.toml(bytes, name, into);
            } else {
                into.problem(name, "is neither .json nor .toml");
            }
        }
        return !into.isFull();
    }

    private static boolean isHidden(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        return file.startsWith(".") || path.startsWith("__MACOSX/");
    }
}
