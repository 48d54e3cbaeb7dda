package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mehari.config.ConfigurationException;
import dev.mehari.config.FileVariables;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of every command that speaks to a running gateway. */
final class AdminOptions {
    private static final String TOKEN_VARIABLE = "MEHARI_ADMIN_TOKEN";

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9090",
            description = "Management port of the gateway (default: ${DEFAULT-VALUE}).")
    private URI adminUrl = URI.create("http://127.0.0.1:9090");

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Data folder with the file admin-token, used unless the environment has MEHARI_ADMIN_TOKEN "
                    + "(default: data beside the launcher).")
    private Path dataDir = LauncherFolder.data();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    boolean json() {
        return json;
    }

    /**
     * A client of the gateway that was named.
     *
     * @param environment variables of the process
     */
    AdminClient client(Map<String, String> environment) throws AdminFailure {
        String scheme = adminUrl.getScheme();
        if (adminUrl.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new AdminFailure("--admin-url needs a URL such as http://127.0.0.1:9090.", true);
        }
        return new AdminClient(adminUrl, token(environment));
    }

    private String token(Map<String, String> environment) throws AdminFailure {
        try {
            String given = FileVariables.value(environment, TOKEN_VARIABLE);
            if (given != null) {
                return given;
            }
        } catch (ConfigurationException bad) {
            throw new AdminFailure(String.join("; ", bad.problems()) + ".", true);
        }
        Path file = dataDir.resolve("admin-token");
        try {
            return Files.readString(file, UTF_8).strip();
        } catch (NoSuchFileException e) {
            throw new AdminFailure(
                    "There is no admin token at " + file + ". Name the gateway's data folder with --data-dir, or set "
                            + TOKEN_VARIABLE + ".",
                    true);
        } catch (IOException e) {
            throw new AdminFailure("The admin token at " + file + " cannot be read: " + e.getMessage(), true);
        }
    }
}
