package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.config.DurationText;
import dev.mehari.upstream.UpstreamEntry;
import dev.mehari.upstream.UpstreamFields;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Probe;
import dev.mehari.upstream.UpstreamStore.Event;
import dev.mehari.upstream.UpstreamStore.Failed;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Upstreams and their events as the admin API shows them. */
final class UpstreamJson {
    private UpstreamJson() {}

    static ObjectNode of(UpstreamEntry upstream) {
        UpstreamFields fields = upstream.fields();
        UpstreamOptions options = fields.options();
        Failed failed = upstream.failed();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", Long.toString(upstream.id()));
        json.put("name", fields.name());
        json.put("dialect", text(fields.dialect()));
        json.put("base_url", fields.baseUrl());
        json.put("forward_proxy", fields.forwardProxy());
        json.put("enabled", fields.enabled());
        json.put("state", !fields.enabled() ? "disabled" : failed == null ? "usable" : "failed");
        json.put("failed_at", failed == null ? null : failed.since().toString());
        json.put("failed_reason", failed == null ? null : failed.reason());
        json.put("declared", upstream.declared());
        putOptions(json, options);
        json.put("created_at", upstream.createdAt().toString());
        json.put("updated_at", upstream.updatedAt().toString());
        return json;
    }

    private static void putOptions(ObjectNode json, UpstreamOptions options) {
        json.put("priority", options.priority());
        json.put("weight", options.weight());
        json.put("max_concurrent", options.maxConcurrent());
        ArrayNode models = json.putArray("models");
        options.models().patterns().forEach(models::add);
        ObjectNode aliases = json.putObject("aliases");
        new TreeMap<>(options.aliases()).forEach(aliases::put);
        json.put("choice", text(options.choice()));
        json.put("rotation_calls", options.rotationCalls());
        json.put("sticky", DurationText.of(options.sticky()));
        json.putObject("timeouts")
                .put("connect", text(options.timeouts().connect()))
                .put("first_byte", text(options.timeouts().firstByte()))
                .put("idle", text(options.timeouts().idle()))
                .put("total", text(options.timeouts().total()));
        json.putObject("tls")
                .put("authority", options.trust().authority())
                .put("verify", options.trust().verify());
        Probe probe = options.probe();
        if (probe == null) {
            json.putNull("probe");
        } else {
            json.putObject("probe")
                    .put("interval", DurationText.of(probe.interval()))
                    .put("model", probe.model());
        }
    }

    /** {@code {"at","upstream","credential","what","detail"}}. */
    static ObjectNode of(Event event) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("at", event.at().toString())
                .put("upstream", event.upstream())
                .put("credential", event.credential())
                .put("what", event.what())
                .put("detail", event.detail());
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable String text(@Nullable Duration time) {
        return time == null ? null : DurationText.of(time);
    }
}
