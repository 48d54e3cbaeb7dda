package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mehari audit forget REQUEST|--key ID}. */
@Command(
        name = "forget",
        description = "Deletes the bodies that are kept of a call, or of all calls of a key.",
        mixinStandardHelpOptions = true)
final class AuditForgetCommand extends AdminCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "REQUEST", description = "X-Request-Id of the call.")
    private @Nullable String id;

    @Option(names = "--key", paramLabel = "ID", description = "All of this key.")
    private @Nullable String key;

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        String one = id;
        String all = key;
        if (one != null && all == null) {
            return client.delete("/api/captured/" + AdminClient.segment(one));
        }
        if (one == null && all != null) {
            return client.delete("/api/captured" + new AdminQuery().with("key", all));
        }
        throw new AdminFailure("Say which: the id of a request, or --key.", true);
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        out.println("The bodies of " + answer.path("deleted").asLong() + " calls are gone.");
    }
}
