package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code mehari queue}: what waits and has waited, for the gateway and for each key. */
@Command(
        name = "queue",
        description = "Shows the queues of a running gateway and of its keys.",
        mixinStandardHelpOptions = true)
final class QueueCommand extends AdminCommand {
    private static final String LINE = "%-12s %7s %8s %8s %8s %9s %8s %6s %6s %6s%n";

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        return client.get("/api/queue");
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                LINE,
                "queue",
                "waiting",
                "entered",
                "success",
                "timeout",
                "cancelled",
                "rejected",
                "p50 ms",
                "p90 ms",
                "p99 ms");
        line(out, "gateway", answer.path("admission"));
        for (JsonNode key : answer.path("keys")) {
            line(out, "key " + key.path("key_id").asText(), key);
        }
    }

    private static void line(PrintWriter out, String name, JsonNode queue) {
        out.printf(
                Locale.ROOT,
                LINE,
                name,
                queue.path("waiting").asText(),
                queue.path("entered").asText(),
                queue.path("success").asText(),
                queue.path("timeout").asText(),
                queue.path("cancelled").asText(),
                queue.path("rejected").asText(),
                queue.path("p50_ms").asText(),
                queue.path("p90_ms").asText(),
                queue.path("p99_ms").asText());
    }
}
