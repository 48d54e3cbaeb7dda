package dev.mehari.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.TokenUsage;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An event as JSON, and back, without loss: ids and links are text, times ISO 8601 with microseconds, money decimal text in
 * US dollars, and what there is not, null.
 */
public final class AuditJson {
    private static final HexFormat HEX = HexFormat.of();
    private static final int NANO = 9;
    private static final int CENTS = 2;

    private AuditJson() {}

    /** As the admin API, exports and other sinks than the table show it. */
    public static ObjectNode of(AuditRow row) {
        AuditEvent event = row.event();
        AuditEvent.Request request = event.request();
        AuditEvent.Use use = event.use();
        TokenUsage tokens = use.tokens();
        return JsonNodeFactory.instance
                .objectNode()
                .put("chain", row.chain())
                .put("sequence", row.sequence())
                .put("link", HEX.toHexDigits(row.link()))
                .put("at", time(event.atMicros()))
                .put("request_id", request.id())
                .put("trace_id", request.traceId())
                .put("key_id", Long.toString(request.keyId()))
                .put("client", request.client())
                .put("method", request.method())
                .put("path", request.path())
                .put("dialect", lower(request.dialect()))
                .put("model", request.model())
                .put("stream", request.stream())
                .put("conversation", HEX.toHexDigits(request.conversation()))
                .put("upstream", event.way().upstream())
                .put("credential_id", Long.toString(event.way().credentialId()))
                .put("retries", event.way().retries())
                .put("outcome", lower(event.result().outcome()))
                .put("status", event.result().status())
                .put("reason", event.result().reason())
                .put("queue_ms", millis(event.times().queue()))
                .put("first_byte_ms", millis(event.times().firstByte()))
                .put("total_ms", millis(event.times().total()))
                .put("request_bytes", use.requestBytes())
                .put("response_bytes", use.responseBytes())
                .put("input_tokens", tokens.input())
                .put("cached_tokens", tokens.cachedInput())
                .put("cache_write_tokens", tokens.cacheWrite())
                .put("output_tokens", tokens.output())
                .put("reasoning_tokens", tokens.reasoning())
                .put("estimated", use.estimated())
                .put("cost", dollars(use.nanoDollars()));
    }

    /**
     * Reads what {@link #of} wrote.
     *
     * @throws IllegalArgumentException when it is something else; the message names the field
     */
    public static AuditRow read(JsonNode json) {
        AuditEvent event = new AuditEvent(
                micros(text(json, "at")),
                new AuditEvent.Request(
                        text(json, "request_id"),
                        optional(json, "trace_id"),
                        whole(json, "key_id"),
                        optional(json, "client"),
                        text(json, "method"),
                        text(json, "path"),
                        constant(Dialect.values(), json, "dialect"),
                        optional(json, "model"),
                        flag(json, "stream"),
                        hex(json, "conversation")),
                new AuditEvent.Way(
                        optional(json, "upstream"),
                        whole(json, "credential_id"),
                        Math.toIntExact(whole(json, "retries"))),
                new AuditEvent.Result(
                        constant(EndedCall.Outcome.values(), json, "outcome"),
                        Math.toIntExact(whole(json, "status")),
                        optional(json, "reason")),
                new AuditEvent.Times(times(json, "queue_ms"), times(json, "first_byte_ms"), times(json, "total_ms")),
                new AuditEvent.Use(
                        whole(json, "request_bytes"),
                        whole(json, "response_bytes"),
                        new TokenUsage(
                                whole(json, "input_tokens"),
                                whole(json, "cached_tokens"),
                                whole(json, "cache_write_tokens"),
                                whole(json, "output_tokens"),
                                whole(json, "reasoning_tokens")),
                        flag(json, "estimated"),
                        nanoDollars(text(json, "cost"))));
        return new AuditRow(Math.toIntExact(whole(json, "chain")), whole(json, "sequence"), hex(json, "link"), event);
    }

    /** Microseconds since 1970 as ISO 8601. */
    public static String time(long micros) {
        return DateTimeFormatter.ISO_INSTANT.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }

    /** Money in 1/1,000,000,000 USD as decimal text in USD, with two decimals at least. */
    public static String dollars(long nano) {
        BigDecimal dollars = BigDecimal.valueOf(nano, NANO).stripTrailingZeros();
        return dollars.setScale(Math.max(CENTS, dollars.scale())).toPlainString();
    }

    /** A constant as it is written: its name in lower case. */
    public static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable Long millis(long millis) {
        return millis == -1 ? null : millis;
    }

    private static long micros(String at) {
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(at));
        } catch (DateTimeParseException | ArithmeticException noTime) {
            throw new IllegalArgumentException("at is no time", noTime);
        }
    }

    private static long nanoDollars(String cost) {
        try {
            return new BigDecimal(cost).movePointRight(NANO).longValueExact();
        } catch (ArithmeticException | NumberFormatException noMoney) {
            throw new IllegalArgumentException("cost is no money", noMoney);
        }
    }

    private static long hex(JsonNode json, String name) {
        try {
            return HexFormat.fromHexDigitsToLong(text(json, name));
        } catch (NumberFormatException noDigits) {
            throw new IllegalArgumentException(name + " is not hexadecimal", noDigits);
        }
    }

    private static <E extends Enum<E>> E constant(E[] all, JsonNode json, String name) {
        String text = text(json, name);
        for (E one : all) {
            if (lower(one).equals(text)) {
                return one;
            }
        }
        throw new IllegalArgumentException(
                name + " is none of " + Stream.of(all).map(AuditJson::lower).collect(Collectors.joining(", ")));
    }

    private static JsonNode field(JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = field(json, name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(name + " is no text");
        }
        return value.textValue();
    }

    private static @Nullable String optional(JsonNode json, String name) {
        return field(json, name).isNull() ? null : text(json, name);
    }

    private static long whole(JsonNode json, String name) {
        JsonNode value = field(json, name);
        if (value.isTextual()) {
            try {
                return Long.parseLong(value.textValue());
            } catch (NumberFormatException noNumber) {
                throw new IllegalArgumentException(name + " is no whole number", noNumber);
            }
        }
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw new IllegalArgumentException(name + " is no whole number");
        }
        return value.longValue();
    }

    private static long times(JsonNode json, String name) {
        return field(json, name).isNull() ? -1 : whole(json, name);
    }

    private static boolean flag(JsonNode json, String name) {
        JsonNode value = field(json, name);
        if (!value.isBoolean()) {
            throw new IllegalArgumentException(name + " is neither true nor false");
        }
        return value.booleanValue();
    }
}
