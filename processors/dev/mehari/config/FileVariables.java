package dev.mehari.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables whose values may stand in files, as container platforms hand out secrets: {@code X_FILE} names the
 * file that holds the value of {@code X}, at most 64 KiB in UTF-8. The line break at its end is no part of the value. No
 * message here shows what a file holds, nor its name: who mistakes one variable for the other has put the secret there.
 *
 * @param values the environment with each {@code X_FILE} replaced by the {@code X} that it stands for
 * @param files from each {@code X} to its {@code X_FILE}
 * @param problems one sentence for each file that could not be taken
 */
public record FileVariables(Map<String, String> values, Map<String, String> files, List<String> problems) {
    static final String SUFFIX = "_FILE";
    private static final int MOST_BYTES = 64 * 1024;

    public FileVariables {
        values = Map.copyOf(values);
        files = Map.copyOf(files);
        problems = List.copyOf(problems);
    }

    /**
     * Reads the files.
     *
     * @param mayStandInFile true for each {@code X} that may; others are left as they are
     */
    static FileVariables read(Map<String, String> environment, Predicate<String> mayStandInFile) {
        Map<String, String> values = new TreeMap<>(environment);
        Map<String, String> files = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (String name : new TreeMap<>(environment).keySet()) {
            String base = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : "";
            if (base.isEmpty() || !mayStandInFile.test(base)) {
                continue;
            }
            values.remove(name);
            String file = environment.getOrDefault(name, "").strip();
            if (file.isEmpty()) {
                continue;
            }
            files.put(base, name);
            if (!environment.getOrDefault(base, "").isBlank()) {
                problems.add(base + " and " + name + " are both given: keep one of them");
                continue;
            }
            try {
                values.put(base, content(Path.of(file)));
            } catch (IOException | InvalidPathException unreadable) {
                problems.add(name + " names no file that can be read: give the path of a readable file in UTF-8,"
                        + " at most 64 KiB, that holds the value of " + base);
            }
        }
        return new FileVariables(values, files, problems);
    }

    /**
     * The value of one variable, given itself or in a file.
     *
     * @return null when it is not given, or blank
     * @throws ConfigurationException when both are given, or the file cannot be read
     */
    public static @Nullable String value(Map<String, String> environment, String name) {
        FileVariables read = read(environment, name::equals);
        if (!read.problems.isEmpty()) {
            throw new ConfigurationException(read.problems);
        }
        String value = read.values.getOrDefault(name, "").strip();
        return value.isEmpty() ? null : value;
    }

    @Override
    public String toString() {
        return "FileVariables" + files.values();
    }

    private static String content(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new IOException("longer than a value can be");
        }
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.replaceFirst("\\R$", "");
        } catch (CharacterCodingException notText) {
            throw new IOException("no text", notText);
        }
    }
}
