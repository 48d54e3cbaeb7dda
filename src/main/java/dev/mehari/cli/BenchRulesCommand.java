package dev.mehari.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mehari credentials rules}: for how long which answer benches a credential. */
@Command(
        name = "rules",
        description = "Prints for how long which answer benches a credential, or puts other rules in place.",
        mixinStandardHelpOptions = true)
final class BenchRulesCommand extends AdminCommand {
    private static final String ROW = "%-7s %-11s %-22s %-10s %s%n";

    private final SecretOptions files;

    @Option(
            names = "--set",
            paramLabel = "FILE",
            description = "JSON as --json prints it, in place of all rules; - is standard input.")
    private @Nullable String file;

    BenchRulesCommand() {
        this(System.getenv(), System.in);
    }

    BenchRulesCommand(Map<String, String> environment, InputStream in) {
        super(environment);
        files = new SecretOptions(environment, in);
    }

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        String from = file;
        if (from == null) {
            return client.get("/api/bench-rules");
        }
        try {
            return client.put("/api/bench-rules", new ObjectMapper().readTree(files.bytes(from)));
        } catch (JsonProcessingException malformed) {
            throw new AdminFailure(from + " is no JSON: " + malformed.getOriginalMessage(), true);
        } catch (IOException notText) {
            throw new AdminFailure(from + " is no JSON: " + notText.getMessage(), true);
        }
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        out.printf(ROW, "STATUS", "SCOPE", "REASON", "FOR", "BODY HOLDS");
        for (JsonNode rule : answer.path("rules")) {
            out.printf(
                    ROW,
                    rule.path("status").asText(),
                    rule.path("scope").asText(),
                    rule.path("reason").asText(),
                    rule.path("duration").asText(),
                    rule.path("body").isNull() ? "" : rule.path("body").asText());
        }
    }
}
