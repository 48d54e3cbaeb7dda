package dev.mehari.admin;

import dev.mehari.usage.UsagePart;
import dev.mehari.usage.UsageQuery;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which usage a request asks for. */
final class UsageFilters {
    static final Set<String> NAMES = Set.of("key", "model", "upstream", "credential", "from", "to", "by", "format");
    private static final String NOTHING = "none";
    private static final int DAYS = 30;

    private UsageFilters() {}

    static UsageQuery query(Map<String, String> filters, Clock clock) throws AdminRefusal {
        LocalDate to = day(filters, "to", LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
        LocalDate from = day(filters, "from", to.minusDays(DAYS - 1));
        if (from.isAfter(to)) {
            throw AdminRefusal.invalidValue("from", "must not be after `to`");
        }
        return new UsageQuery(
                id(filters, "key"),
                filters.get("model"),
                filters.get("upstream"),
                id(filters, "credential"),
                from,
                to,
                parts(filters.get("by")));
    }

    private static @Nullable Long id(Map<String, String> filters, String field) throws AdminRefusal {
        String text = filters.get(field);
        return text == null ? null : AdminRequest.id(field, text);
    }

    private static Set<UsagePart> parts(@Nullable String text) throws AdminRefusal {
        if (text == null) {
            return UsageQuery.USUALLY;
        }
        Set<UsagePart> parts = EnumSet.noneOf(UsagePart.class);
        if (text.equals(NOTHING)) {
            return parts;
        }
        for (String name : text.split(",", -1)) {
            parts.add(part(name));
        }
        return parts;
    }

    private static UsagePart part(String name) throws AdminRefusal {
        for (UsagePart part : UsagePart.values()) {
            if (part.name().toLowerCase(Locale.ROOT).equals(name)) {
                return part;
            }
        }
        throw AdminRefusal.invalidValue(
                "by", "must be some of key, model, upstream, credential and day, with commas between them, or none");
    }

    private static LocalDate day(Map<String, String> filters, String field, LocalDate otherwise) throws AdminRefusal {
        String text = filters.get(field);
        if (text == null) {
            return otherwise;
        }
        try {
            LocalDate day = LocalDate.parse(text);
            if (day.getYear() >= 1970 && day.getYear() <= 9999) {
                return day;
            }
        } catch (DateTimeParseException notADay) {
            // told below, as is a day that no call can have been on
        }
        throw AdminRefusal.invalidValue(field, "must be a day such as 2026-01-31");
    }
}
