package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code mehari audit key}. */
@Command(
        name = "key",
        description = "Prints the gateway's public key as PEM, for mehari audit verify --public-key.",
        mixinStandardHelpOptions = true)
final class AuditKeyCommand extends AdminCommand {
    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        return client.get("/api/audit/key");
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        out.println("-----BEGIN PUBLIC KEY-----");
        out.println(answer.path("public_key").asText());
        out.println("-----END PUBLIC KEY-----");
    }
}
