package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mehari audit body REQUEST}. */
@Command(
        name = "body",
        description = "Prints the bodies that are kept of a call. That you do so is written down.",
        mixinStandardHelpOptions = true)
final class AuditBodyCommand extends AdminCommand {
    @Parameters(index = "0", paramLabel = "REQUEST", description = "X-Request-Id of the call.")
    private String id = "";

    @Option(names = "--request", description = "Only what the caller sent, and nothing else.")
    private boolean request;

    @Option(names = "--answer", description = "Only what the caller got, and nothing else.")
    private boolean answer;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Of several calls with this id, the one that ended then; else the latest.")
    private @Nullable String at;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where that body goes, byte for byte; must not exist. For those that are no text.")
    private @Nullable Path out;

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        if (request && answer) {
            throw new AdminFailure("Say --request or --answer, or neither for both.", true);
        }
        if (out != null && !request && !answer) {
            throw new AdminFailure("Say which body is to go to the file: --request or --answer.", true);
        }
        JsonNode capture = client.get(
                "/api/captured/" + AdminClient.segment(id) + (at == null ? "" : "?at=" + AdminClient.encoded(at)));
        Path file = out;
        if (file != null) {
            try {
                Files.write(file, bytes(chosen(capture)), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException cannot) {
                throw new AdminFailure(file + " cannot be written: " + cannot, false);
            }
        }
        return capture;
    }

    @Override
    void print(JsonNode capture, PrintWriter printer) {
        if (out != null) {
            printer.println("The body is in " + out + ".");
        } else if (request || answer) {
            printer.print(shown(chosen(capture)));
        } else {
            CaptureText.card(capture, printer);
            printer.println();
            printer.println(shown(capture.path("request")));
            printer.println();
            printer.println(shown(capture.path("answer")));
        }
    }

    private JsonNode chosen(JsonNode capture) {
        return capture.path(request ? "request" : "answer");
    }

    private static byte[] bytes(JsonNode body) {
        return body.path("text").isTextual()
                ? body.path("text").asText().getBytes(UTF_8)
                : Base64.getDecoder().decode(body.path("base64").asText());
    }

    private static String shown(JsonNode body) {
        return body.path("text").isTextual()
                ? body.path("text").asText()
                : body.path("base64").asText();
    }
}
