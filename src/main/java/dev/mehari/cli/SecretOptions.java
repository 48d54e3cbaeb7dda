package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads secrets from where others cannot see them: a file, standard input or the environment; never the command line. */
final class SecretOptions {
    private static final int LARGEST = 8 << 20;

    private final Map<String, String> environment;
    private final InputStream in;

    SecretOptions(Map<String, String> environment, InputStream in) {
        this.environment = environment;
        this.in = in;
    }

    /** The bytes of a file; {@code -} is standard input. */
    byte[] bytes(String file) throws AdminFailure {
        try (InputStream from = file.equals("-") ? in : Files.newInputStream(Path.of(file))) {
            byte[] bytes = from.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new AdminFailure(file + " is larger than 8 MiB.", true);
            }
            return bytes;
        } catch (IOException unreadable) {
            throw new AdminFailure(file + " cannot be read: " + unreadable.getMessage(), true);
        }
    }

    /** One secret, without blanks and line ends around it; null when neither names one. */
    @Nullable
    String text(@Nullable String file, @Nullable String variable) throws AdminFailure {
        if (file != null && variable != null) {
            throw new AdminFailure("Say where the secret is once only.", true);
        }
        String text = file == null ? null : new String(bytes(file), UTF_8).strip();
        if (variable != null) {
            text = environment.get(variable);
            if (text == null) {
                throw new AdminFailure("The environment has no " + variable + ".", true);
            }
        }
        if (text != null && text.isBlank()) {
            throw new AdminFailure("The secret is empty.", true);
        }
        return text;
    }

    /** The variables whose names begin with {@code prefix}. */
    Map<String, String> variables(String prefix) {
        Map<String, String> found = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }
}
