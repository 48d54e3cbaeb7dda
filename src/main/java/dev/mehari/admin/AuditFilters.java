package dev.mehari.admin;

import dev.mehari.answer.EndedCall;
import dev.mehari.audit.AuditJson;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Query parameters of the audit's resources, each null when it is not there. */
final class AuditFilters {
    private static final Pattern TRACE = Pattern.compile("[0-9a-f]{32}");

    private final Map<String, String> given;

    AuditFilters(Map<String, String> given) {
        this.given = given;
    }

    @Nullable
    String text(String name) {
        return given.get(name);
    }

    @Nullable
    Long id(String name) throws AdminRefusal {
        String text = given.get(name);
        return text == null ? null : AdminRequest.id(name, text);
    }

    /** A time such as {@code 2026-01-31T12:00:00Z}, or the beginning of a day. */
    @Nullable
    Instant time(String name) throws AdminRefusal {
        return parsed(name, text -> {
            try {
                Instant time = text.length() == "2026-01-31".length()
                        ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                        : Instant.parse(text);
                int year = time.atZone(ZoneOffset.UTC).getYear();
                if (year >= 1970 && year <= 9999) {
                    return time;
                }
            } catch (DateTimeParseException noTime) {
                throw new IllegalArgumentException("must be a time such as 2026-01-31T12:00:00Z or a day", noTime);
            }
            throw new IllegalArgumentException("must be a time such as 2026-01-31T12:00:00Z or a day");
        });
    }

    /** The id of a trace, as events have it. */
    static String trace(String text) {
        String id = text.toLowerCase(Locale.ROOT);
        if (!TRACE.matcher(id).matches()) {
            throw new IllegalArgumentException("must be the id of a trace, 32 hex digits");
        }
        return id;
    }

    EndedCall.@Nullable Outcome outcome(String name) throws AdminRefusal {
        return parsed(name, text -> constant(EndedCall.Outcome.values(), text));
    }

    /** The constant of {@code values} that is written so. */
    static <E extends Enum<E>> E constant(E[] values, String text) {
        return Arrays.stream(values)
                .filter(value -> AuditJson.lower(value).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of "
                        + Arrays.stream(values).map(AuditJson::lower).collect(Collectors.joining(", "))));
    }

    /** A whole number from 1 to {@code most}; {@code usual} when it is not there. */
    int limit(String name, int usual, int most) throws AdminRefusal {
        Integer limit = parsed(name, text -> {
            if (text.matches("[1-9][0-9]{0,5}") && Integer.parseInt(text) <= most) {
                return Integer.parseInt(text);
            }
            throw new IllegalArgumentException("must be a whole number from 1 to " + most);
        });
        return limit == null ? usual : limit;
    }

    /** What {@code parser} makes of it; refuses what it refuses with {@link IllegalArgumentException}. */
    <T> @Nullable T parsed(String name, Function<String, T> parser) throws AdminRefusal {
        String text = given.get(name);
        if (text == null) {
            return null;
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException wrong) {
            throw AdminRefusal.invalidValue(name, String.valueOf(wrong.getMessage()));
        }
    }
}
