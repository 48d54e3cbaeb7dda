package dev.mehari.storage.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The master keys in the file {@value #NAME} of the data folder, which only the owner may read: one a line, {@code 1:<key>},
 * newest last. It is read anew each time, so that a line that is added by hand counts at once, and it is written whole or not
 * at all.
 */
public final class MasterKeyFile implements MasterKeys {
    /** Name of the file within the data folder. */
    public static final String NAME = "master-key";

    private static final Pattern LINE = Pattern.compile("([0-9]{1,6}):(\\S+)");

    private final Path file;
    private final SecureRandom random;

    public MasterKeyFile(Path dataFolder, SecureRandom random) {
        file = dataFolder.resolve(NAME);
        this.random = random;
    }

    @Override
    public synchronized List<MasterKey> all() throws IOException {
        List<MasterKey> keys = new ArrayList<>();
        for (String line : lines()) {
            Matcher matched = LINE.matcher(line);
            if (!matched.matches()) {
                throw new IOException(file + " has a line that is not a number, a colon and a key");
            }
            try {
                keys.add(0, MasterKey.of(matched.group(2)));
            } catch (IllegalArgumentException tooShort) {
                throw new IOException(file + ": " + tooShort.getMessage(), tooShort);
            }
        }
        return keys;
    }

    @Override
    public synchronized MasterKey make() throws IOException {
        List<String> lines = new ArrayList<>(lines());
        String text = MasterKey.random(random);
        lines.add(lines.size() + 1 + ":" + text);
        OwnersFile.write(file, String.join("\n", lines) + "\n");
        return MasterKey.of(text);
    }

    @Override
    public String shown() {
        return file.toString();
    }

    private List<String> lines() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        return Files.readString(file, UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
