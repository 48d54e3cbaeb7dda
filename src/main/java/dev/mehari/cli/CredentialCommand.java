package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command about one credential, which is named by its id, or by its name where only one has it. */
abstract class CredentialCommand extends AdminCommand {
    @Parameters(paramLabel = "CREDENTIAL", description = "Its id, or its name.")
    private String credential = "";

    @Option(names = "--upstream", paramLabel = "NAME", description = "Where its name is meant.")
    private @Nullable String upstream;

    CredentialCommand() {}

    CredentialCommand(Map<String, String> environment) {
        super(environment);
    }

    /** Asks about the credential at {@code path}. */
    abstract JsonNode ask(AdminClient client, String path) throws AdminFailure;

    @Override
    final JsonNode ask(AdminClient client) throws AdminFailure {
        return ask(client, "/api/credentials/" + AdminClient.segment(id(client)));
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        CredentialText.card(answer, out);
    }

    /** {@code 7 (alice, openai)}. */
    static String named(JsonNode credential) {
        return credential.path("id").asText() + " (" + credential.path("name").asText() + ", "
                + credential.path("upstream").asText() + ")";
    }

    private String id(AdminClient client) throws AdminFailure {
        String filter = upstream == null ? "" : "?upstream=" + AdminClient.encoded(upstream);
        List<JsonNode> named = new ArrayList<>();
        for (JsonNode one : client.get("/api/credentials" + filter).path("credentials")) {
            if (one.path("id").asText().equals(credential)) {
                return credential;
            }
            if (one.path("name").asText().equals(credential)) {
                named.add(one);
            }
        }
        if (named.size() == 1) {
            return named.get(0).path("id").asText();
        }
        throw new AdminFailure(
                named.isEmpty()
                        ? "There is no credential with the id or name " + credential
                                + ". `mehari credentials list` shows all."
                        : "Several credentials have the name " + credential + ": say its id, or its --upstream.",
                true);
    }
}
