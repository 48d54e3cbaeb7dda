package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.CapturePolicy;
import dev.mehari.caller.KeyEntry;
import dev.mehari.caller.KeyFields;
import dev.mehari.config.DurationText;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.QueueLimit;
import dev.mehari.limits.WindowLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A key as the admin API shows it. Money is decimal text in US dollars, durations are such as {@code 30d}. */
final class KeyJson {
    private KeyJson() {}

    static ObjectNode of(KeyEntry key, Instant now) {
        KeyFields fields = key.fields();
        Duration after = fields.expiry().afterFirstUse();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", Long.toString(key.id()));
        json.put("name", fields.name());
        json.put("prefix", key.prefix());
        json.put("description", fields.description());
        json.set("tags", list(fields.tags()));
        json.put("owner", fields.owner());
        json.put("state", key.state(now).name().toLowerCase(Locale.ROOT));
        json.put("enabled", fields.enabled());
        json.put("priority", fields.priority());
        json.put("created_at", key.createdAt().toString());
        json.put("expires_at", text(key.expiresAt()));
        json.put("expires_after", after == null ? null : DurationText.of(after));
        json.put("activated_at", text(key.activatedAt()));
        json.put("deleted_at", text(key.deletedAt()));
        json.set("allowed_models", list(fields.access().models().patterns()));
        json.set("allowed_clients", list(fields.access().clients().patterns()));
        json.set("allowed_upstreams", list(fields.access().upstreams().patterns()));
        json.set("limits", limits(fields.limits()));
        CapturePolicy policy = fields.capture();
        CapturePolicy capture = policy != null && policy.isInForce(now) ? policy : null;
        json.put("capture", capture == null ? "none" : capture.scope().name().toLowerCase(Locale.ROOT));
        json.put("capture_until", capture == null ? null : capture.until().toString());
        return json;
    }

    private static ObjectNode limits(KeyLimits limits) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("concurrency", limits.concurrency());
        json.put("requests", window(limits.requests()));
        json.put("tokens_per_minute", limits.tokensPerMinute());
        json.put("tokens", window(limits.tokens()));
        json.put("budget_daily", money(limits.dailyNanoDollars()));
        json.put("budget_weekly", money(limits.weeklyNanoDollars()));
        json.put("budget_total", money(limits.totalNanoDollars()));
        QueueLimit queue = limits.queue();
        if (queue == null) {
            json.putNull("queue");
        } else {
            json.putObject("queue").put("size", queue.size()).put("timeout", DurationText.of(queue.timeout()));
        }
        return json;
    }

    private static ArrayNode list(List<String> texts) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        texts.forEach(json::add);
        return json;
    }

    private static @Nullable String window(@Nullable WindowLimit limit) {
        return limit == null ? null : limit.most() + "/" + DurationText.of(limit.window());
    }

    private static @Nullable String money(long nanos) {
        return nanos == 0 ? null : Dollars.text(nanos, Dollars.NANO);
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
