package dev.mehari.credential.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.InvalidField;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object, read as the types that they have to be of; null counts as not given. */
final class JsonFields {
    private static final int LONGEST_TIME = 40;
    private static final long EARLIEST_MILLIS = 100_000_000_000L;
    private static final long LATEST_MILLIS = 253_402_300_799_999L;

    private final ObjectNode object;

    JsonFields(ObjectNode object) {
        this.object = object;
    }

    /** Refuses fields other than {@code known}. */
    void only(Set<String> known) throws InvalidField {
        for (String name : iterable(object)) {
            if (!known.contains(name)) {
                throw InvalidField.unknown(shown(name));
            }
        }
    }

    private static List<String> iterable(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** A name that somebody else chose, short and without what could not be shown. */
    private static String shown(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9_.-]", "?");
        return plain.length() > 60 ? plain.substring(0, 60) : plain;
    }

    /** True when it is given, also as null. */
    boolean has(String name) {
        return object.has(name);
    }

    boolean hasAny(Set<String> names) {
        return names.stream().anyMatch(object::has);
    }

    /** The first of {@code names} that is given; null when none is. */
    @Nullable
    String text(String... names) throws InvalidField {
        for (String name : names) {
            JsonNode value = object.path(name);
            if (!value.isMissingNode() && !value.isNull()) {
                if (!value.isTextual()) {
                    throw new InvalidField(name, "must be text");
                }
                return value.textValue();
            }
        }
        return null;
    }

    long whole(String name, long least, long most, long usual) throws InvalidField {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return usual;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw new InvalidField(name, "must be a whole number from " + least + " to " + most);
        }
        return value.longValue();
    }

    boolean flag(String name, boolean usual) throws InvalidField {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return usual;
        }
        if (!value.isBoolean()) {
            throw new InvalidField(name, "must be true or false");
        }
        return value.booleanValue();
    }

    /** Text, or a list of text; empty when it is not given. */
    List<String> texts(String name) throws InvalidField {
        JsonNode value = object.path(name);
        List<String> texts = new ArrayList<>();
        if (value.isMissingNode() || value.isNull()) {
            return texts;
        }
        if (!value.isArray()) {
            throw new InvalidField(name, "must be a list of text");
        }
        for (JsonNode one : value) {
            if (!one.isTextual()) {
                throw new InvalidField(name, "must be a list of text");
            }
            texts.add(one.textValue());
        }
        return texts;
    }

    /**
     * The first of {@code names} that is given, as a time: ISO 8601, in UTC where it names no zone, or seconds or milliseconds
     * since 1970; null when none is.
     */
    @Nullable
    Instant time(String... names) throws InvalidField {
        for (String name : names) {
            JsonNode value = object.path(name);
            if (!value.isMissingNode() && !value.isNull()) {
                return time(name, value);
            }
        }
        return null;
    }

    private static Instant time(String name, JsonNode value) throws InvalidField {
        if (value.isNumber()) {
            double number = value.doubleValue();
            long millis = (long) (number < EARLIEST_MILLIS ? number * 1000 : number);
            if (!(number >= 0) || millis > LATEST_MILLIS) {
                throw new InvalidField(name, "must be a time since 1970");
            }
            return Instant.ofEpochMilli(millis);
        }
        String text = value.asText("").strip().replace(' ', 'T');
        if (text.length() > LONGEST_TIME) {
            throw new InvalidField(name, "must be a time such as 2027-01-31T12:00:00Z");
        }
        try {
            return text.matches(".*(Z|z|[+-]\\d\\d(:?\\d\\d)?)$") && text.indexOf('T') > 0
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException malformed) {
            throw new InvalidField(name, "must be a time such as 2027-01-31T12:00:00Z");
        }
    }
}
