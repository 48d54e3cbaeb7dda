package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mehari credentials export --passphrase-file FILE}. */
@Command(
        name = "export",
        description = "Prints all credentials as one JSON document, sealed with a passphrase of 12 characters or more.",
        mixinStandardHelpOptions = true)
final class CredentialExportCommand extends AdminCommand {
    private final SecretOptions secrets;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Holds the passphrase; - is standard input.")
    private @Nullable String passphraseFile;

    @Option(names = "--passphrase-env", paramLabel = "VARIABLE", description = "Variable that holds the passphrase.")
    private @Nullable String passphraseVariable;

    @Option(names = "--out", paramLabel = "FILE", description = "Written in place of standard output; must not exist.")
    private @Nullable Path out;

    CredentialExportCommand() {
        this(System.getenv(), System.in);
    }

    CredentialExportCommand(Map<String, String> environment, InputStream in) {
        super(environment);
        secrets = new SecretOptions(environment, in);
    }

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        String passphrase = secrets.text(passphraseFile, passphraseVariable);
        if (passphrase == null) {
            throw new AdminFailure("Say where the passphrase is: --passphrase-file or --passphrase-env.", true);
        }
        JsonNode export = client.post(
                "/api/credentials/export", JsonNodeFactory.instance.objectNode().put("passphrase", passphrase));
        Path file = out;
        if (file != null) {
            try {
                Files.write(
                        file, (export + "\n").getBytes(UTF_8), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException cannot) {
                throw new AdminFailure(file + " cannot be written: " + cannot, false);
            }
        }
        return export;
    }

    @Override
    void print(JsonNode answer, PrintWriter printer) {
        printer.println(out == null ? answer.toString() : "The export is in " + out + ".");
    }
}
