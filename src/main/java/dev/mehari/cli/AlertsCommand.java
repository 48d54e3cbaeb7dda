package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mehari alerts}: what is raised now, and what was. */
@Command(
        name = "alerts",
        description = "Shows the alerts that are raised on this instance, and the latest of all instances.",
        mixinStandardHelpOptions = true)
final class AlertsCommand extends AdminCommand {
    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many of the latest (default: ${DEFAULT-VALUE}).")
    private int limit = 20;

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        return client.get("/api/alerts?limit=" + limit);
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        JsonNode raised = answer.path("raised");
        out.println(raised.isEmpty() ? "No alert is raised." : "Raised now:");
        raised.forEach(alert -> out.println("  " + since(alert)));
        if (!answer.path("history").isEmpty()) {
            out.println();
            Columns table = new Columns("AT", "INSTANCE", "LEVEL", "ALERT", "STATE", "VALUE", "ABOVE");
            for (JsonNode event : answer.path("history")) {
                table.row(
                        event.path("at").asText(),
                        event.path("instance").asText(),
                        event.path("level").asText(),
                        event.path("name").asText(),
                        event.path("state").asText(),
                        event.path("value").asText() + " " + event.path("unit").asText(),
                        event.path("above").asText());
            }
            table.print(out);
        }
    }

    private static String since(JsonNode alert) {
        return alert.path("level").asText() + " since " + alert.path("at").asText() + ": "
                + alert.path("name").asText() + " was " + alert.path("value").asText() + " "
                + alert.path("unit").asText() + ", above " + alert.path("above").asText();
    }
}
