package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mehari master-key}: what stored credentials and captured bodies are sealed with. */
@Command(
        name = "master-key",
        description = "Changes what stored credentials and captured bodies are sealed with.",
        mixinStandardHelpOptions = true,
        subcommands = MasterKeyCommand.Rotate.class)
final class MasterKeyCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "Say rotate.");
        }
    }

    /** {@code master-key rotate}. */
    @Command(
            name = "rotate",
            description = "Puts the next version in force and seals all secrets anew, while calls go on.",
            mixinStandardHelpOptions = true)
    static final class Rotate extends AdminCommand {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.post("/api/master-key/rotate", new byte[0], "application/json");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            int left = answer.path("left").asInt();
            out.println("Master key version " + answer.path("version").asInt() + " is in force; "
                    + answer.path("sealed").asInt() + " secrets are sealed anew."
                    + (left == 0 ? "" : " " + left + " could not be opened and stay as they are."));
        }
    }
}
