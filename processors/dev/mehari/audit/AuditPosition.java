package dev.mehari.audit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a page of a search has ended; as text {@code MICROS-CHAIN-SEQUENCE}.
 *
 * @param atMicros of the page's last event, in microseconds since 1970 (UTC)
 */
public record AuditPosition(long atMicros, int chain, long sequence) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,17})-([0-9]{1,9})-([0-9]{1,18})");

    /** Behind {@code row}. */
    static AuditPosition of(AuditRow row) {
        return new AuditPosition(row.event().atMicros(), row.chain(), row.sequence());
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static AuditPosition parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("must be the `next` of an earlier answer");
        }
        return new AuditPosition(
                Long.parseLong(parts.group(1)), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3)));
    }

    @Override
    public String toString() {
        return atMicros + "-" + chain + "-" + sequence;
    }
}
