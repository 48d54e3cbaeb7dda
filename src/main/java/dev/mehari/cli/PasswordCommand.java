package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * {@code mehari password}: sets the password of the admin API. Reads it from the terminal, twice and without echo, or as one
 * line of standard input; never from the command line, which others can read.
 */
@Command(
        name = "password",
        description =
                "Sets the password for logging in, read from the terminal or from standard input; all sessions end.",
        mixinStandardHelpOptions = true)
final class PasswordCommand extends AdminCommand {
    private final InputStream in;
    private final @Nullable Console console;

    PasswordCommand() {
        this(System.getenv(), System.in, System.console());
    }

    /** With its environment, and a terminal where there is one. */
    PasswordCommand(Map<String, String> environment, InputStream in, @Nullable Console console) {
        super(environment);
        this.in = in;
        this.console = console;
    }

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        return client.put("/api/password", JsonNodeFactory.instance.objectNode().put("password", password()));
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        out.println("The password is set; all sessions have ended.");
    }

    private String password() throws AdminFailure {
        String password = console == null ? line() : typed(console);
        if (password == null || password.isEmpty()) {
            throw new AdminFailure("No password was given.", true);
        }
        return password;
    }

    private @Nullable String line() throws AdminFailure {
        try {
            return new BufferedReader(new InputStreamReader(in, UTF_8)).readLine();
        } catch (IOException unreadable) {
            throw new AdminFailure("Standard input cannot be read: " + unreadable.getMessage(), false);
        }
    }

    private static @Nullable String typed(Console console) throws AdminFailure {
        char[] first = console.readPassword("New password: ");
        char[] second = first == null ? null : console.readPassword("The same again: ");
        if (first == null) {
            return null;
        }
        if (!Arrays.equals(first, second)) {
            throw new AdminFailure("The two are not the same; nothing has changed.", true);
        }
        return new String(first);
    }
}
