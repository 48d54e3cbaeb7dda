package dev.mehari.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.config.Secret;
import dev.mehari.credential.CredentialTransfer;
import dev.mehari.credential.CredentialTransfer.Imported;
import dev.mehari.credential.CredentialTransfer.Problem;
import dev.mehari.credential.imports.ExportFile;
import dev.mehari.credential.imports.ImportFile;
import dev.mehari.credential.imports.ImportFile.Form;
import dev.mehari.credential.imports.ParsedImport;
import dev.mehari.failure.StorageUnavailable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code POST /api/credentials/import} with {@code {"imported":[...],"duplicates":[...],"problems":[...]}}. The body
 * is a file of type {@code application/json}, {@code application/zip} or {@code application/toml}, or an export as
 * {@code {"passphrase","file"}}; {@code ?upstream=} is that of entries that name none, {@code ?dry_run=true} changes nothing.
 * 400 when nothing in it could be read as a credential; named {@code importCredentials}.
 */
public final class ImportCredentials extends AdminResource {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> FILTERS = Set.of("upstream", "dry_run");
    private static final Set<String> EXPORT = Set.of("passphrase", "file");

    private final CredentialTransfer credentials;

    public ImportCredentials(CredentialTransfer credentials) {
        this.credentials = credentials;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        Map<String, String> filters = request.filters(FILTERS);
        boolean dryRun = dryRun(filters.get("dry_run"));
        byte[] body = exchange.getMessage().getBody(byte[].class);
        if (body == null || body.length == 0) {
            throw AdminRefusal.invalidBody("must be a file of credentials");
        }
        Form form = form(request.text(Exchange.CONTENT_TYPE), body);
        ParsedImport parsed =
                new ImportFile(filters.get("upstream")).read(form == Form.JSON ? opened(body) : body, form);
        if (parsed.entries().isEmpty() && parsed.problems().size() <= 1) {
            throw AdminRefusal.invalidBody(parsed.problems().stream()
                    .findFirst()
                    .map(problem -> problem.entry() + ": " + problem.problem())
                    .orElse("has no credentials"));
        }
        AdminAnswer.put(exchange, 200, json(credentials.take(parsed.entries(), dryRun), parsed.problems()));
    }

    private static boolean dryRun(@Nullable String asked) throws AdminRefusal {
        if (asked != null && !asked.equals("true") && !asked.equals("false")) {
            throw AdminRefusal.invalidValue("dry_run", "must be true or false");
        }
        return "true".equals(asked);
    }

    private static Form form(@Nullable String type, byte[] body) throws AdminRefusal {
        String plain = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return switch (plain) {
            case "application/json" -> Form.JSON;
            case "application/zip" -> Form.ZIP;
            case "application/toml" -> Form.TOML;
            case "", "application/octet-stream" -> body[0] == 'P' ? Form.ZIP : Form.JSON;
            default ->
                throw AdminRefusal.invalidBody("must be of type application/json, application/zip or application/toml");
        };
    }

    /** The credentials in an export; anything else as it is. */
    private static byte[] opened(byte[] body) throws AdminRefusal {
        JsonNode json = tree(body);
        if (json == null || !(ExportFile.isOne(json) || ExportFile.isOne(json.path("file")))) {
            return body;
        }
        JsonNode passphrase = json.path("passphrase");
        if (!passphrase.isTextual()) {
            throw AdminRefusal.invalidValue(
                    "passphrase", "must be given for an export: send {\"passphrase\":\"...\",\"file\":{...}}");
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!EXPORT.contains(field.getKey())) {
                throw AdminRefusal.unknownField(field.getKey(), "there is passphrase and file only");
            }
        }
        try {
            return ExportFile.open(json.path("file"), new Secret(passphrase.textValue()));
        } catch (ExportFile.Unopened cannot) {
            throw AdminRefusal.invalidValue(
                    cannot.field() == null ? "passphrase" : "file." + cannot.field(),
                    String.valueOf(cannot.getMessage()));
        }
    }

    private static @Nullable JsonNode tree(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException malformed) {
            return null; // whoever reads the entries says so
        } catch (IOException notText) {
            return null;
        }
    }

    private static ObjectNode json(Imported imported, List<Problem> unreadable) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        var taken = json.putArray("imported");
        imported.taken()
                .forEach(one -> taken.addObject()
                        .put("entry", one.entry())
                        .put("id", one.id() == 0 ? null : Long.toString(one.id()))
                        .put("upstream", one.upstream())
                        .put("name", one.name()));
        var duplicates = json.putArray("duplicates");
        imported.duplicates()
                .forEach(one -> duplicates
                        .addObject()
                        .put("entry", one.entry())
                        .put("name", one.name())
                        .put("email", one.email())
                        .put("of", one.of()));
        var problems = json.putArray("problems");
        Stream.concat(unreadable.stream(), imported.problems().stream())
                .forEach(one -> problems.addObject().put("entry", one.entry()).put("problem", one.problem()));
        return json;
    }
}
