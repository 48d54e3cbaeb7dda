package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.config.DurationText;
import dev.mehari.failure.InvalidField;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.QueueLimit;
import dev.mehari.limits.WindowLimit;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code limits} of a key as JSON says them: what is given changes, the rest stays. */
final class LimitsForm {
    private static final Duration USUAL_QUEUE_TIMEOUT = Duration.ofSeconds(10);
    private static final int MOST_WAITING = 10_000;
    private static final int MOST_DIGITS = 13;

    private int concurrency;
    private @Nullable WindowLimit requests;
    private long tokensPerMinute;
    private @Nullable WindowLimit tokens;
    private long daily;
    private long weekly;
    private long total;
    private @Nullable QueueLimit queue;

    private LimitsForm(KeyLimits before) {
        concurrency = before.concurrency();
        requests = before.requests();
        tokensPerMinute = before.tokensPerMinute();
        tokens = before.tokens();
        daily = before.dailyNanoDollars();
        weekly = before.weeklyNanoDollars();
        total = before.totalNanoDollars();
        queue = before.queue();
    }

    /** {@code before} with what {@code field} gives; no limits for null. */
    static KeyLimits read(JsonField field, KeyLimits before) throws InvalidField {
        if (field.isNull()) {
            return KeyLimits.NONE;
        }
        if (!field.value().isObject()) {
            throw field.wrong("must be an object");
        }
        LimitsForm form = new LimitsForm(before);
        for (Map.Entry<String, JsonNode> limit : field.value().properties()) {
            form.take(limit.getKey(), new JsonField(field.name() + "." + limit.getKey(), limit.getValue()));
        }
        return new KeyLimits(
                form.concurrency,
                form.requests,
                form.tokensPerMinute,
                form.tokens,
                form.daily,
                form.weekly,
                form.total,
                form.queue);
    }

    private void take(String name, JsonField field) throws InvalidField {
        switch (name) {
            case "concurrency" -> concurrency = (int) field.whole(0, KeyLimits.GREATEST_CONCURRENCY, 0);
            case "requests" -> requests = window(field);
            case "tokens_per_minute" -> tokensPerMinute = field.whole(0, WindowLimit.GREATEST, 0);
            case "tokens" -> tokens = window(field);
            case "budget_daily" -> daily = field.money(KeyLimits.GREATEST_NANO_DOLLARS);
            case "budget_weekly" -> weekly = field.money(KeyLimits.GREATEST_NANO_DOLLARS);
            case "budget_total" -> total = field.money(KeyLimits.GREATEST_NANO_DOLLARS);
            case "queue" -> queue = queue(field);
            default -> throw field.unknown();
        }
    }

    /** {@code 10/1m}; nothing, 0 and null for none. */
    private static @Nullable WindowLimit window(JsonField field) throws InvalidField {
        if (field.value().isIntegralNumber() && field.whole(0, 0, 0) == 0) {
            return null;
        }
        String text = field.text().strip();
        if (text.isEmpty() || text.equals("0")) {
            return null;
        }
        int slash = text.indexOf('/');
        String most = slash < 0 ? "" : text.substring(0, slash).strip();
        if (most.isEmpty() || most.length() > MOST_DIGITS || !most.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw field.wrong("must be a number per time, such as 10/1m; 0 for no limit");
        }
        try {
            return new WindowLimit(Long.parseLong(most), DurationText.parse(text.substring(slash + 1)));
        } catch (IllegalArgumentException wrong) {
            throw field.wrong(String.valueOf(wrong.getMessage()));
        }
    }

    private @Nullable QueueLimit queue(JsonField field) throws InvalidField {
        if (field.isNull()) {
            return null;
        }
        if (!field.value().isObject()) {
            throw field.wrong("must be an object such as {\"size\":1,\"timeout\":\"2s\"}");
        }
        long size = queue == null ? 0 : queue.size();
        Duration timeout = queue == null ? USUAL_QUEUE_TIMEOUT : queue.timeout();
        for (Map.Entry<String, JsonNode> part : field.value().properties()) {
            JsonField inner = new JsonField(field.name() + "." + part.getKey(), part.getValue());
            switch (part.getKey()) {
                case "size" -> size = inner.whole(0, MOST_WAITING, 0);
                case "timeout" -> timeout = timeout(inner);
                default -> throw inner.unknown();
            }
        }
        if (size == 0 && !field.value().has("size")) {
            throw new InvalidField(field.name() + ".size", "a queue needs a size");
        }
        return size == 0 ? null : new QueueLimit((int) size, timeout);
    }

    private static Duration timeout(JsonField field) throws InvalidField {
        Duration timeout = field.duration();
        if (timeout == null) {
            return USUAL_QUEUE_TIMEOUT;
        }
        try {
            return new QueueLimit(1, timeout).timeout();
        } catch (IllegalArgumentException wrong) {
            throw field.wrong("must be from 100ms to 10m");
        }
    }
}
