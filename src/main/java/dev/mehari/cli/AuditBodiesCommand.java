package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mehari audit bodies}. */
@Command(
        name = "bodies",
        description = "Finds calls whose bodies are kept, latest first.",
        mixinStandardHelpOptions = true)
final class AuditBodiesCommand extends AdminCommand {
    @Option(names = "--key", paramLabel = "ID", description = "Of this key.")
    private @Nullable String key;

    @Option(names = "--from", paramLabel = "TIME", description = "From then on, such as 2026-01-31T12:00:00Z.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before then.")
    private @Nullable String to;

    @Option(names = "--request", paramLabel = "ID", description = "X-Request-Id.")
    private @Nullable String request;

    @Option(names = "--limit", paramLabel = "N", description = "How many (default: 100, at most 1000).")
    private @Nullable String limit;

    @Option(names = "--after", paramLabel = "PLACE", description = "Go on where an earlier answer ended.")
    private @Nullable String after;

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        AdminQuery query = new AdminQuery()
                .with("key", key)
                .with("from", from)
                .with("to", to)
                .with("request", request)
                .with("limit", limit)
                .with("after", after);
        return client.get("/api/captured" + query);
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        if (answer.path("captures").isEmpty()) {
            out.println("nothing found");
            return;
        }
        CaptureText.table(answer.path("captures"), out);
        if (answer.path("next").isTextual()) {
            out.println("There may be more: --after " + answer.path("next").textValue());
        }
    }
}
