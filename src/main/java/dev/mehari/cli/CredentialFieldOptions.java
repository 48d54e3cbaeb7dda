package dev.mehari.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of {@code credentials add} and {@code edit}. Secrets come from a file, standard input or the environment. */
final class CredentialFieldOptions {
    @Option(names = "--name", paramLabel = "NAME", description = "Unique for its upstream.")
    private @Nullable String name;

    @Option(names = "--email", paramLabel = "ADDRESS", description = "Whose account it is.")
    private @Nullable String email;

    @Option(names = "--header", paramLabel = "NAME", description = "Of the header, for kind header.")
    private @Nullable String header;

    @Option(names = "--secret-file", paramLabel = "FILE", description = "Holds the key or token; - is standard input.")
    private @Nullable String secretFile;

    @Option(names = "--secret-env", paramLabel = "VARIABLE", description = "Variable that holds the key or token.")
    private @Nullable String secretVariable;

    @Option(
            names = "--grant-file",
            paramLabel = "FILE",
            description = "JSON with refresh_token, client_id, client_secret, token_url, scopes, access_token and"
                    + " expires_at, for kind oauth; - is standard input.")
    private @Nullable String grantFile;

    @Option(names = "--priority", paramLabel = "1-100", description = "Lower ones are used first (default: 50).")
    private @Nullable Integer priority;

    @Option(names = "--weight", paramLabel = "N", description = "Share among those of one priority (default: 1).")
    private @Nullable Integer weight;

    @Option(names = "--max-concurrent", paramLabel = "N", description = "Calls at once on each instance, 0 for any.")
    private @Nullable Integer maxConcurrent;

    @Option(names = "--daily-quota", paramLabel = "N", description = "Calls a day (UTC), 0 for any.")
    private @Nullable Long dailyQuota;

    @Option(names = "--user-gap-ms", paramLabel = "MS", description = "Least time between two messages of people.")
    private @Nullable Integer userGap;

    @Option(names = "--models", paramLabel = "A,B*", description = "Used for these only; empty for all.")
    private @Nullable String models;

    /** What was given, as the admin API takes it. */
    ObjectNode json(SecretOptions secrets) throws AdminFailure {
        ObjectNode json = grant(secrets);
        put(json, "name", name);
        put(json, "email", email);
        put(json, "header", header);
        put(json, "secret", secrets.text(secretFile, secretVariable));
        if (priority != null) {
            json.put("priority", priority);
        }
        if (weight != null) {
            json.put("weight", weight);
        }
        if (maxConcurrent != null) {
            json.put("max_concurrent", maxConcurrent);
        }
        if (dailyQuota != null) {
            json.put("daily_quota", dailyQuota);
        }
        if (userGap != null) {
            json.put("user_gap_ms", userGap);
        }
        if (models != null) {
            ArrayNode list = json.putArray("models");
            for (String model : models.split(",", -1)) {
                if (!model.isBlank()) {
                    list.add(model.strip());
                }
            }
        }
        return json;
    }

    private ObjectNode grant(SecretOptions secrets) throws AdminFailure {
        if (grantFile == null) {
            return JsonNodeFactory.instance.objectNode();
        }
        try {
            JsonNode grant = new ObjectMapper().readTree(secrets.bytes(grantFile));
            if (grant instanceof ObjectNode object) {
                return object;
            }
            throw new AdminFailure(grantFile + " is no JSON object.", true);
        } catch (JsonProcessingException malformed) {
            // its own message would repeat what stands there
            throw new AdminFailure(grantFile + " is no JSON.", true);
        } catch (IOException notText) {
            throw new AdminFailure(grantFile + " is no JSON.", true);
        }
    }

    private static void put(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.put(field, value);
        }
    }
}
