package dev.mehari.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mehari credentials import FILE}, or from the environment. */
@Command(
        name = "import",
        description = "Keeps the credentials of a file: JSON, a ZIP of account files, accounts.toml, or an export.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CredentialImportCommand extends AdminCommand {
    private static final String PREFIX = "MEHARI_CREDENTIAL_";

    private final SecretOptions secrets;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "Ends in .json, .zip or .toml; - is JSON on standard input.")
    private @Nullable String file;

    @Option(names = "--upstream", paramLabel = "NAME", description = "Of entries that name none.")
    private @Nullable String upstream;

    @Option(names = "--dry-run", description = "Says what would become of each, and changes nothing.")
    private boolean dryRun;

    @Option(
            names = "--env",
            description = "Takes variables " + PREFIX + "NAME in place of a file: each holds a key, or a JSON object.")
    private boolean fromEnvironment;

    @Option(names = "--env-prefix", paramLabel = "PREFIX", description = "The same with another prefix.")
    private @Nullable String prefix;

    @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Holds the passphrase of an export.")
    private @Nullable String passphraseFile;

    @Option(names = "--passphrase-env", paramLabel = "VARIABLE", description = "Holds the passphrase of an export.")
    private @Nullable String passphraseVariable;

    CredentialImportCommand() {
        this(System.getenv(), System.in);
    }

    CredentialImportCommand(Map<String, String> environment, InputStream in) {
        super(environment);
        secrets = new SecretOptions(environment, in);
    }

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        boolean environment = fromEnvironment || prefix != null;
        String from = file;
        if (environment == (from != null)) {
            throw new AdminFailure("Name one file to import, or say --env.", true);
        }
        String path = "/api/credentials/import?dry_run=" + dryRun
                + (upstream == null ? "" : "&upstream=" + AdminClient.encoded(upstream));
        if (from == null) {
            return client.post(path, environment(prefix == null ? PREFIX : prefix));
        }
        byte[] content = secrets.bytes(from);
        String passphrase = secrets.text(passphraseFile, passphraseVariable);
        if (passphrase != null) {
            ObjectNode opened = JsonNodeFactory.instance.objectNode().put("passphrase", passphrase);
            opened.set("file", tree(content, from));
            return client.post(path, opened);
        }
        return client.post(path, content, type(from));
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        answer.path("imported")
                .forEach(one -> out.println((dryRun ? "would import " : "imported ")
                        + one.path("name").asText() + " for "
                        + one.path("upstream").asText()));
        answer.path("duplicates")
                .forEach(one -> out.println("duplicate " + one.path("name").asText() + " of "
                        + one.path("of").asText()));
        answer.path("problems")
                .forEach(one -> out.println("problem with " + one.path("entry").asText() + ": "
                        + one.path("problem").asText()));
        out.println(answer.path("imported").size() + (dryRun ? " would be imported, " : " imported, ")
                + answer.path("duplicates").size() + " there already, "
                + answer.path("problems").size() + " with problems.");
    }

    @Override
    boolean isDone(JsonNode answer) {
        return answer.path("problems").isEmpty();
    }

    private ObjectNode environment(String named) throws AdminFailure {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("credentials");
        secrets.variables(named).forEach((name, value) -> list.add(credential(name, value)));
        if (list.isEmpty()) {
            throw new AdminFailure("The environment has no variable that begins with " + named + ".", true);
        }
        return json;
    }

    private static ObjectNode credential(String variable, String value) {
        String name = variable.toLowerCase(Locale.ROOT).replace('_', '-');
        try {
            if (value.stripLeading().startsWith("{")
                    && new ObjectMapper().readTree(value) instanceof ObjectNode object) {
                return object.has("name") ? object : object.put("name", name);
            }
        } catch (JsonProcessingException noJson) {
            return JsonNodeFactory.instance.objectNode().put("name", name).put("secret", value);
        }
        return JsonNodeFactory.instance.objectNode().put("name", name).put("secret", value);
    }

    private static JsonNode tree(byte[] content, String file) throws AdminFailure {
        try {
            return new ObjectMapper().readTree(content);
        } catch (IOException malformed) {
            throw new AdminFailure(file + " is no JSON, as an export is.", true);
        }
    }

    private static String type(String file) {
        String lower = file.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".zip")) {
            return "application/zip";
        }
        return lower.endsWith(".toml") ? "application/toml" : "application/json";
    }
}
