package dev.mehari.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of what was found, newest first.
 *
 * @param next where to go on; null when there is no more
 */
public record AuditPage(List<AuditRow> rows, @Nullable AuditPosition next) {
    public AuditPage {
        rows = List.copyOf(rows);
    }

    /** The first {@code limit} of {@code found}; there is a next page when there are more. */
    public static AuditPage of(List<AuditRow> found, int limit) {
        if (found.size() <= limit) {
            return new AuditPage(found, null);
        }
        return new AuditPage(found.subList(0, limit), AuditPosition.of(found.get(limit - 1)));
    }
}
