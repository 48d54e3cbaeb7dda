package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mehari audit readings}. */
@Command(
        name = "readings",
        description = "Shows who has opened or deleted captured bodies, latest first.",
        mixinStandardHelpOptions = true)
final class AuditReadingsCommand extends AdminCommand {
    @Option(names = "--limit", paramLabel = "N", description = "How many (default: 100, at most 1000).")
    private int limit = 100;

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        return client.get("/api/capture-readings?limit=" + limit);
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        Columns columns = new Columns("AT", "ACT", "KEY", "CALLS", "BY", "FROM", "REQUEST ID");
        for (JsonNode reading : answer.path("readings")) {
            columns.row(
                    reading.path("at").asText(),
                    reading.path("act").asText(),
                    reading.path("key_id").asText(),
                    reading.path("captures").asText(),
                    reading.path("by").asText(),
                    reading.path("client").asText(),
                    reading.path("request_id").asText("all"));
        }
        columns.print(out);
    }
}
