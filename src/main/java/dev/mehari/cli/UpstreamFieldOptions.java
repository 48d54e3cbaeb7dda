package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what an upstream is; those that are not given stay as they are. The gateway checks their values. */
final class UpstreamFieldOptions {
    private static final String USUAL = "default";
    private static final String UNASKED = "none";

    @Option(names = "--dialect", paramLabel = "DIALECT", description = "openai, anthropic or plain.")
    private @Nullable String dialect;

    @Option(names = "--base-url", paramLabel = "URL", description = "Such as https://api.example.com.")
    private @Nullable String baseUrl;

    @Option(names = "--priority", paramLabel = "1-100", description = "Lower is used first (50).")
    private @Nullable Integer priority;

    @Option(names = "--weight", paramLabel = "1-1000", description = "Share among those of one priority (1).")
    private @Nullable Integer weight;

    @Option(
            names = "--max-concurrent",
            paramLabel = "N",
            description = "Calls at once on each instance; 0 for no limit.")
    private @Nullable Integer maxConcurrent;

    @Option(
            names = "--models",
            paramLabel = "A,B*",
            description = "Models that it serves, as callers name them; * stands for any text; empty for all.")
    private @Nullable String models;

    @Option(
            names = "--alias",
            paramLabel = "MODEL=NAME",
            description = "What it calls a model; may be given several times, and replaces those before. '' for none.")
    private @Nullable List<String> aliases;

    @Option(
            names = "--choice",
            paramLabel = "HOW",
            description = "How credentials take turns: least-recently-used, rotation or weighted.")
    private @Nullable String choice;

    @Option(names = "--rotation-calls", paramLabel = "N", description = "Calls until the next one's turn (100).")
    private @Nullable Integer rotationCalls;

    @Option(names = "--sticky", paramLabel = "TIME", description = "A conversation keeps its credential (1h).")
    private @Nullable String sticky;

    @Option(names = "--connect-timeout", paramLabel = "TIME", description = "Such as 5s; default for the gateway's.")
    private @Nullable String connectTimeout;

    @Option(names = "--first-byte-timeout", paramLabel = "TIME", description = "Likewise.")
    private @Nullable String firstByteTimeout;

    @Option(names = "--idle-timeout", paramLabel = "TIME", description = "Likewise.")
    private @Nullable String idleTimeout;

    @Option(names = "--total-timeout", paramLabel = "TIME", description = "Likewise.")
    private @Nullable String totalTimeout;

    @Option(
            names = "--forward-proxy",
            paramLabel = "URL",
            description = "HTTP proxy on the way; none, or default for the gateway's.")
    private @Nullable String forwardProxy;

    @Option(
            names = "--tls-authority",
            paramLabel = "FILE",
            description = "PEM of the authority that signs its certificate; default for the system's.")
    private @Nullable String tlsAuthority;

    @Option(names = "--tls-verify", paramLabel = "BOOL", description = "false takes any certificate.")
    private @Nullable Boolean tlsVerify;

    @Option(
            names = "--probe",
            paramLabel = "TIME",
            description = "How often it is asked whether it works; none for not.")
    private @Nullable String probe;

    @Option(names = "--probe-model", paramLabel = "MODEL", description = "Asked for a short answer then.")
    private @Nullable String probeModel;

    /** What was given, as the admin API takes it. */
    ObjectNode json() throws AdminFailure {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "dialect", dialect);
        put(json, "base_url", baseUrl);
        putOrReset(json, "forward_proxy", forwardProxy);
        put(json, "priority", priority);
        put(json, "weight", weight);
        put(json, "max_concurrent", maxConcurrent);
        if (models != null) {
            ArrayNode list = json.putArray("models");
            for (String model : models.split(",", -1)) {
                if (!model.isBlank()) {
                    list.add(model.strip());
                }
            }
        }
        putAliases(json);
        put(json, "choice", choice);
        put(json, "rotation_calls", rotationCalls);
        put(json, "sticky", sticky);
        ObjectNode timeouts = JsonNodeFactory.instance.objectNode();
        putOrReset(timeouts, "connect", connectTimeout);
        putOrReset(timeouts, "first_byte", firstByteTimeout);
        putOrReset(timeouts, "idle", idleTimeout);
        putOrReset(timeouts, "total", totalTimeout);
        putUnlessEmpty(json, "timeouts", timeouts);
        ObjectNode tls = JsonNodeFactory.instance.objectNode();
        putAuthority(tls);
        if (tlsVerify != null) {
            tls.put("verify", tlsVerify);
        }
        putUnlessEmpty(json, "tls", tls);
        putProbe(json);
        return json;
    }

    private void putAliases(ObjectNode json) throws AdminFailure {
        if (aliases == null) {
            return;
        }
        ObjectNode all = json.putObject("aliases");
        for (String alias : aliases) {
            int is = alias.indexOf('=');
            if (is < 0 && !alias.isEmpty()) {
                throw new AdminFailure("--alias needs MODEL=NAME, such as gpt-x=vendor-gpt-x-2026.", true);
            }
            if (is >= 0) {
                all.put(alias.substring(0, is), alias.substring(is + 1));
            }
        }
    }

    private void putAuthority(ObjectNode tls) throws AdminFailure {
        if (tlsAuthority == null) {
            return;
        }
        if (tlsAuthority.equals(USUAL)) {
            tls.putNull("authority");
            return;
        }
        try {
            tls.put("authority", Files.readString(Path.of(tlsAuthority), UTF_8));
        } catch (IOException unreadable) {
            throw new AdminFailure("--tls-authority " + tlsAuthority + " cannot be read.", true);
        }
    }

    private void putProbe(ObjectNode json) {
        if (probe != null && probe.equals(UNASKED)) {
            json.putNull("probe");
        } else if (probe != null || probeModel != null) {
            ObjectNode how = json.putObject("probe");
            put(how, "interval", probe);
            putOrReset(how, "model", probeModel);
        }
    }

    private static void putUnlessEmpty(ObjectNode json, String field, ObjectNode part) {
        if (!part.isEmpty()) {
            json.set(field, part);
        }
    }

    private static void put(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.put(field, value);
        }
    }

    private static void put(ObjectNode json, String field, @Nullable Integer value) {
        if (value != null) {
            json.put(field, value);
        }
    }

    private static void putOrReset(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.put(field, value.equals(USUAL) ? null : value);
        }
    }
}
