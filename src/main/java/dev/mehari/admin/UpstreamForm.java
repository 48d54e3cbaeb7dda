package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.AllowList;
import dev.mehari.caller.KeyRules;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.InvalidField;
import dev.mehari.upstream.UpstreamFields;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Choice;
import dev.mehari.upstream.UpstreamOptions.Probe;
import dev.mehari.upstream.UpstreamOptions.Timeouts;
import dev.mehari.upstream.UpstreamOptions.Trust;
import dev.mehari.upstream.UpstreamRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an upstream as JSON, or the declarative file, says them: what is given changes, null resets, the rest stays
 * as it was. Goes on after a field that is wrong, so that all of them can be told at once.
 */
final class UpstreamForm {
    private static final int HIGHEST_PRIORITY = 100;
    private static final int GREATEST_WEIGHT = 1_000;
    private static final int MOST_CALLS = 1_000_000;
    private static final UpstreamOptions USUAL = UpstreamOptions.DEFAULT;

    private final List<InvalidField> wrong = new ArrayList<>();
    private String name;
    private Dialect dialect;
    private String baseUrl;
    private @Nullable String forwardProxy;
    private boolean enabled;
    private int priority;
    private int weight;
    private int maxConcurrent;
    private AllowList models;
    private Map<String, String> aliases;
    private Choice choice;
    private int rotationCalls;
    private Duration sticky;
    private Timeouts timeouts;
    private Trust trust;
    private @Nullable Probe probe;

    private UpstreamForm(UpstreamFields before) {
        UpstreamOptions options = before.options();
        name = before.name();
        dialect = before.dialect();
        baseUrl = before.baseUrl();
        forwardProxy = before.forwardProxy();
        enabled = before.enabled();
        priority = options.priority();
        weight = options.weight();
        maxConcurrent = options.maxConcurrent();
        models = options.models();
        aliases = options.aliases();
        choice = options.choice();
        rotationCalls = options.rotationCalls();
        sticky = options.sticky();
        timeouts = options.timeouts();
        trust = options.trust();
        probe = options.probe();
    }

    /** A new upstream; name, dialect and base URL have to be given. */
    static UpstreamFields create(ObjectNode body) throws InvalidField {
        List<InvalidField> problems = new ArrayList<>();
        UpstreamFields fields = create(body, problems);
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
        return fields;
    }

    /** A new upstream, to be used only if there are no {@code problems}. */
    static UpstreamFields create(ObjectNode body, List<InvalidField> problems) {
        for (String needed : List.of("name", "dialect", "base_url")) {
            if (!body.hasNonNull(needed)) {
                problems.add(new InvalidField(needed, "must be given"));
            }
        }
        return edit(body, UpstreamFields.NEW, problems);
    }

    /** {@code before} with what {@code body} gives. */
    static UpstreamFields edit(ObjectNode body, UpstreamFields before) throws InvalidField {
        List<InvalidField> problems = new ArrayList<>();
        UpstreamFields fields = edit(body, before, problems);
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
        return fields;
    }

    private static UpstreamFields edit(ObjectNode body, UpstreamFields before, List<InvalidField> problems) {
        UpstreamForm form = new UpstreamForm(before);
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            form.attempt(new JsonField(field.getKey(), field.getValue()), form::take);
        }
        problems.addAll(form.wrong);
        return new UpstreamFields(
                form.name,
                form.dialect,
                form.baseUrl,
                form.forwardProxy,
                form.enabled,
                new UpstreamOptions(
                        form.priority,
                        form.weight,
                        form.maxConcurrent,
                        form.models,
                        form.aliases,
                        form.choice,
                        form.rotationCalls,
                        form.sticky,
                        form.timeouts,
                        form.trust,
                        form.probe));
    }

    /** Reads one field. */
    @FunctionalInterface
    private interface Reading {
        void read(JsonField field) throws InvalidField;
    }

    private void attempt(JsonField field, Reading reading) {
        try {
            reading.read(field);
        } catch (InvalidField problem) {
            wrong.add(problem);
        }
    }

    private void take(JsonField field) throws InvalidField {
        switch (field.name()) {
            case "name" -> name = UpstreamRules.name(field.name(), field.text());
            case "dialect" -> dialect = field.oneOf(Dialect.class, dialect);
            case "base_url" -> baseUrl = UpstreamRules.baseUrl(field.name(), field.text());
            case "forward_proxy" ->
                forwardProxy = field.isNull() ? null : UpstreamRules.forwardProxy(field.name(), field.text());
            case "enabled" -> enabled = field.bool(true);
            case "priority" -> priority = (int) field.whole(1, HIGHEST_PRIORITY, USUAL.priority());
            case "weight" -> weight = (int) field.whole(1, GREATEST_WEIGHT, USUAL.weight());
            case "max_concurrent" -> maxConcurrent = (int) field.whole(0, MOST_CALLS, 0);
            case "models" -> models = KeyRules.patterns(field.name(), field.texts());
            case "aliases" -> aliases = aliases(field);
            case "choice" -> choice = field.oneOf(Choice.class, USUAL.choice());
            case "rotation_calls" -> rotationCalls = (int) field.whole(1, MOST_CALLS, USUAL.rotationCalls());
            case "sticky" ->
                sticky = UpstreamRules.sticky(
                        field.name(), Objects.requireNonNullElse(field.duration(), USUAL.sticky()));
            case "timeouts" -> takeTimeouts(field);
            case "tls" -> takeTrust(field);
            case "probe" -> takeProbe(field);
            default -> throw field.unknown();
        }
    }

    private static Map<String, String> aliases(JsonField field) throws InvalidField {
        Map<String, String> aliases = new LinkedHashMap<>();
        for (JsonField alias : field.parts()) {
            if (!alias.value().isTextual()) {
                throw field.wrong("must be from names of models to names");
            }
            aliases.put(alias.name().substring(field.name().length() + 1), alias.text());
        }
        return UpstreamRules.aliases(field.name(), aliases);
    }

    private void takeTimeouts(JsonField field) throws InvalidField {
        if (field.isNull()) {
            timeouts = Timeouts.GATEWAYS;
        }
        for (JsonField part : field.parts()) {
            attempt(part, this::takeTimeout);
        }
    }

    private void takeTimeout(JsonField part) throws InvalidField {
        Duration given = part.duration();
        Duration time = given == null ? null : UpstreamRules.timeout(part.name(), given);
        Timeouts all = timeouts;
        timeouts = switch (part.name()) {
            case "timeouts.connect" -> new Timeouts(time, all.firstByte(), all.idle(), all.total());
            case "timeouts.first_byte" -> new Timeouts(all.connect(), time, all.idle(), all.total());
            case "timeouts.idle" -> new Timeouts(all.connect(), all.firstByte(), time, all.total());
            case "timeouts.total" -> new Timeouts(all.connect(), all.firstByte(), all.idle(), time);
            default -> throw part.unknown();
        };
    }

    private void takeTrust(JsonField field) throws InvalidField {
        if (field.isNull()) {
            trust = Trust.SYSTEM;
        }
        for (JsonField part : field.parts()) {
            attempt(part, this::takeTrustPart);
        }
    }

    private void takeTrustPart(JsonField part) throws InvalidField {
        switch (part.name()) {
            case "tls.authority" ->
                trust = new Trust(part.isNull() ? null : Certificates.checked(part), trust.verify());
            case "tls.verify" -> trust = new Trust(trust.authority(), part.bool(true));
            default -> throw part.unknown();
        }
    }

    private void takeProbe(JsonField field) throws InvalidField {
        if (field.isNull()) {
            probe = null;
            return;
        }
        Duration interval = probe == null ? null : probe.interval();
        String model = probe == null ? null : probe.model();
        for (JsonField part : field.parts()) {
            switch (part.name()) {
                case "probe.interval" ->
                    interval = part.duration() == null
                            ? null
                            : UpstreamRules.probeInterval(part.name(), Objects.requireNonNull(part.duration()));
                case "probe.model" -> model = part.isNull() ? null : UpstreamRules.model(part.name(), part.text());
                default -> throw part.unknown();
            }
        }
        if (interval == null) {
            throw new InvalidField("probe.interval", "must be given, such as 30s");
        }
        probe = new Probe(interval, model);
    }
}
