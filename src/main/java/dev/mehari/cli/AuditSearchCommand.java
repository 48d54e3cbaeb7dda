package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mehari audit search}. */
@Command(name = "search", description = "Finds calls, newest first.", mixinStandardHelpOptions = true)
final class AuditSearchCommand extends AdminStreamCommand {
    private static final String PAGE = "1000";

    @Mixin
    private AuditCommand.Filters filters = new AuditCommand.Filters();

    @Option(names = "--limit", paramLabel = "N", description = "How many (default: 100, with --csv all; at most 1000).")
    private @Nullable String limit;

    @Option(names = "--after", paramLabel = "PLACE", description = "Go on where an earlier answer ended.")
    private @Nullable String after;

    @Option(names = "--csv", description = "Print comma-separated values (RFC 4180).")
    private boolean csv;

    @Override
    int run(AdminClient client, PrintWriter out, boolean json) throws AdminFailure {
        if (csv && json) {
            throw new AdminFailure("Say --csv or --json, not both.", true);
        }
        if (csv) {
            printCsv(client, out);
            return ExitCode.DONE;
        }
        JsonNode answer = client.get(path(limit, after));
        if (json) {
            out.println(answer);
        } else {
            print(answer, out);
        }
        return ExitCode.DONE;
    }

    private String path(@Nullable String most, @Nullable String from) throws AdminFailure {
        return "/api/audit" + filters.query().with("limit", most).with("after", from);
    }

    private void printCsv(AdminClient client, PrintWriter out) throws AdminFailure {
        AdminClient.Part part = client.part(path(limit == null ? PAGE : limit, after), "text/csv");
        out.print(part.text());
        while (limit == null && part.next() != null && !out.checkError()) {
            part = client.part(path(PAGE, part.next()), "text/csv");
            out.print(part.text().substring(part.text().indexOf('\n') + 1));
        }
    }

    private static void print(JsonNode answer, PrintWriter out) {
        if (answer.path("events").isEmpty()) {
            out.println("nothing found");
            return;
        }
        EventText.head(out);
        answer.path("events").forEach(event -> EventText.print(event, out));
        if (answer.path("next").isTextual()) {
            out.println("There is more: --after " + answer.path("next").textValue());
        }
    }
}
