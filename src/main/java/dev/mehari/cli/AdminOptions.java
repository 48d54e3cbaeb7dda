package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mehari.config.ConfigurationException;
import dev.mehari.config.FileVariables;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that speaks to a running gateway. */
final class AdminOptions {
    private static final String TOKEN_VARIABLE = "MEHARI_ADMIN_TOKEN";
    private static final String URL_VARIABLE = "MEHARI_ADMIN_URL";
    private static final String THIS_MACHINE = "http://127.0.0.1:9090";

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            description = "Management port of the gateway (default: MEHARI_ADMIN_URL, else http://127.0.0.1:9090).")
    private @Nullable URI adminUrl;

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
        URI url;
        try {
            url = gateway(adminUrl, environment);
        } catch (IllegalArgumentException noUrl) {
            throw new AdminFailure(String.valueOf(noUrl.getMessage()), true);
        }
        return new AdminClient(url, token(environment));
    }

    /**
     * The gateway's management port: what {@code --admin-url} names, else the variable {@code MEHARI_ADMIN_URL}, else this
     * machine's.
     *
     * @throws IllegalArgumentException saying what to write, when it is no URL
     */
    static URI gateway(@Nullable URI named, Map<String, String> environment) {
        String variable = environment.getOrDefault(URL_VARIABLE, "").strip();
        String wrong = (named == null ? URL_VARIABLE : "--admin-url") + " needs a URL such as " + THIS_MACHINE + ".";
        URI url;
        try {
            url = named != null ? named : new URI(variable.isEmpty() ? THIS_MACHINE : variable);
        } catch (URISyntaxException noUrl) {
            throw new IllegalArgumentException(wrong, noUrl);
        }
        String scheme = url.getScheme();
        if (url.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException(wrong);
        }
        return url;
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
