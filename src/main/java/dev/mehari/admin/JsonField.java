package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.config.DurationText;
import dev.mehari.failure.InvalidField;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * One field of a JSON body, read as the type that it has to be of. JSON's null is what each method says.
 *
 * @param name as errors name it, with the names of the objects around it
 */
record JsonField(String name, JsonNode value) {
    private static final int LONGEST_DATE = 10;

    boolean isNull() {
        return value.isNull();
    }

    /** Empty for null. */
    String text() throws InvalidField {
        if (isNull()) {
            return "";
        }
        if (!value.isTextual()) {
            throw wrong("must be text");
        }
        return value.textValue();
    }

    /** {@code usual} for null. */
    boolean bool(boolean usual) throws InvalidField {
        if (isNull()) {
            return usual;
        }
        if (!value.isBoolean()) {
            throw wrong("must be true or false");
        }
        return value.booleanValue();
    }

    /** A constant, as {@code least-recently-used} for {@code LEAST_RECENTLY_USED}; {@code usual} for null. */
    <E extends Enum<E>> E oneOf(Class<E> type, E usual) throws InvalidField {
        if (isNull()) {
            return usual;
        }
        StringJoiner names = new StringJoiner(", ");
        for (E constant : Objects.requireNonNull(type.getEnumConstants())) {
            String text = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (value.isTextual() && value.textValue().equals(text)) {
                return constant;
            }
            names.add(text);
        }
        throw wrong("must be one of " + names);
    }

    /** The fields of an object, each with the name of this one and a dot before its own; none for null. */
    List<JsonField> parts() throws InvalidField {
        if (!isNull() && !value.isObject()) {
            throw wrong("must be an object");
        }
        return value.properties().stream()
                .map(part -> new JsonField(name + "." + part.getKey(), part.getValue()))
                .toList();
    }

    /** {@code usual} for null. */
    long whole(long least, long most, long usual) throws InvalidField {
        if (isNull()) {
            return usual;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong("must be a whole number from " + least + " to " + most);
        }
        long number = value.longValue();
        if (number < least || number > most) {
            throw wrong("must be from " + least + " to " + most);
        }
        return number;
    }

    /** Empty for null. */
    List<String> texts() throws InvalidField {
        List<String> texts = new ArrayList<>();
        if (isNull()) {
            return texts;
        }
        if (!value.isArray()) {
            throw wrong("must be a list of text");
        }
        for (JsonNode one : value) {
            if (!one.isTextual()) {
                throw wrong("must be a list of text");
            }
            texts.add(one.textValue());
        }
        return texts;
    }

    /** Null for null. */
    @Nullable
    Duration duration() throws InvalidField {
        String text = text();
        if (isNull()) {
            return null;
        }
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw wrong(String.valueOf(malformed.getMessage()));
        }
    }

    /** A day begins at midnight, UTC. Null for null. */
    @Nullable
    Instant time() throws InvalidField {
        String text = text().strip();
        if (isNull()) {
            return null;
        }
        try {
            return text.length() <= LONGEST_DATE
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException malformed) {
            throw wrong("must be a date such as 2027-01-31 or a time such as 2027-01-31T12:00:00Z");
        }
    }

    /** US dollars as decimal text, in nano-dollars; 0 for null. */
    long money(long mostNanos) throws InvalidField {
        if (isNull()) {
            return 0;
        }
        try {
            return Dollars.parse(value, Dollars.NANO, mostNanos);
        } catch (IllegalArgumentException none) {
            throw wrong(String.valueOf(none.getMessage()));
        }
    }

    InvalidField wrong(String message) {
        return new InvalidField(name, message);
    }

    InvalidField unknown() {
        return InvalidField.unknown(name);
    }
}
