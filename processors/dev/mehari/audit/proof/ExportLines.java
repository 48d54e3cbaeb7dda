package dev.mehari.audit.proof;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mehari.audit.AuditJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Records of an export as lines of JSON, each with its {@code type}. Threads may share one. */
public final class ExportLines {
    private static final Pattern LINK = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]+={0,2}");

    private static final String TYPE = "type";
    private static final String CHAIN = "chain";
    private static final String SEQUENCE = "sequence";
    private static final String PUBLIC_KEY = "public_key";
    private static final String SIGNATURE = "signature";

    private final ObjectMapper json = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    /** By type of line. */
    private final Map<String, Set<String>> fields = new ConcurrentHashMap<>();

    /** One line, without its end. */
    public static String write(ExportRecord entry) {
        return toJson(entry).toString();
    }

    private static ObjectNode toJson(ExportRecord entry) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        if (entry instanceof ExportRecord.Chain chain) {
            return line.put(TYPE, CHAIN)
                    .put(CHAIN, chain.id())
                    .put("instance", chain.instance().toString())
                    .put("previous", chain.previous())
                    .put("first_link", chain.firstLink())
                    .put(PUBLIC_KEY, chain.publicKey())
                    .put("started_at", chain.startedAt().toString());
        }
        if (entry instanceof ExportRecord.Event event) {
            line.put(TYPE, "event");
            line.setAll(AuditJson.of(event.row()));
            return line;
        }
        if (entry instanceof ExportRecord.Broken broken) {
            return line.put(TYPE, "broken")
                    .put(CHAIN, broken.chain())
                    .put(SEQUENCE, broken.sequence())
                    .put("why", broken.why());
        }
        if (entry instanceof ExportRecord.Checkpoint checkpoint) {
            return line.put(TYPE, "checkpoint")
                    .put(CHAIN, checkpoint.chain())
                    .put(SEQUENCE, checkpoint.sequence())
                    .put("head", checkpoint.head())
                    .put(SIGNATURE, checkpoint.signature());
        }
        if (entry instanceof ExportRecord.Gap gap) {
            return line.put(TYPE, "gap")
                    .put(CHAIN, gap.chain())
                    .put("first", gap.first())
                    .put("last", gap.last())
                    .put("before", gap.before())
                    .put("after", gap.after())
                    .put("reason", gap.reason())
                    .put(PUBLIC_KEY, gap.publicKey())
                    .put(SIGNATURE, gap.signature());
        }
        ExportRecord.End end = (ExportRecord.End) entry;
        return line.put(TYPE, "end").put("records", end.records());
    }

    /** Reads a line, which may have each field of its type once, and no others: they would not be what was proven. */
    public ExportRecord read(String line) throws AuditFormatException {
        try {
            JsonNode read = json.readTree(line);
            String type = text(read, TYPE);
            ExportRecord entry = read(read, type);
            refuseMore(read, fields.computeIfAbsent(type, first -> names(toJson(entry))));
            return entry;
        } catch (JsonProcessingException noJson) {
            throw new AuditFormatException("it is no JSON: " + noJson.getOriginalMessage());
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException wrong) {
            throw new AuditFormatException(String.valueOf(wrong.getMessage()));
        }
    }

    private static Set<String> names(JsonNode line) {
        Set<String> names = new HashSet<>();
        line.fieldNames().forEachRemaining(names::add);
        return Set.copyOf(names);
    }

    private static void refuseMore(JsonNode line, Set<String> known) throws AuditFormatException {
        for (Iterator<String> names = line.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new AuditFormatException("there is no field " + TextNode.valueOf(name));
            }
        }
    }

    private static ExportRecord read(JsonNode line, String type) throws AuditFormatException {
        return switch (type) {
            case CHAIN ->
                new ExportRecord.Chain(
                        number(line, CHAIN),
                        UUID.fromString(text(line, "instance")),
                        line.path("previous").isNull() ? null : number(line, "previous"),
                        link(line, "first_link"),
                        base64(line, PUBLIC_KEY),
                        Instant.parse(text(line, "started_at")));
            case "event" -> new ExportRecord.Event(AuditJson.read(line));
            case "broken" -> new ExportRecord.Broken(number(line, CHAIN), sequence(line, SEQUENCE), text(line, "why"));
            case "checkpoint" ->
                new ExportRecord.Checkpoint(
                        number(line, CHAIN), sequence(line, SEQUENCE), link(line, "head"), base64(line, SIGNATURE));
            case "gap" ->
                new ExportRecord.Gap(
                        number(line, CHAIN),
                        sequence(line, "first"),
                        sequence(line, "last"),
                        link(line, "before"),
                        link(line, "after"),
                        text(line, "reason"),
                        base64(line, PUBLIC_KEY),
                        base64(line, SIGNATURE));
            case "end" -> new ExportRecord.End(sequence(line, "records"));
            default -> throw new AuditFormatException("there is no type " + type);
        };
    }

    private static String text(@Nullable JsonNode line, String name) {
        JsonNode value = line == null ? null : line.get(name);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException(name + " is no text");
        }
        return value.textValue();
    }

    private static String matching(JsonNode line, String name, Pattern pattern) {
        String text = text(line, name);
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(name + " is malformed");
        }
        return text;
    }

    private static String link(JsonNode line, String name) {
        return matching(line, name, LINK);
    }

    private static String base64(JsonNode line, String name) {
        return matching(line, name, BASE64);
    }

    private static long sequence(JsonNode line, String name) {
        JsonNode value = line.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new IllegalArgumentException(name + " is no whole number");
        }
        return value.longValue();
    }

    private static int number(JsonNode line, String name) {
        return Math.toIntExact(sequence(line, name));
    }
}
