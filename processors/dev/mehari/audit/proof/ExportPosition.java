package dev.mehari.audit.proof;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a page of an export has ended; as text {@code CHAIN-SEQUENCE-UNTIL-RECORDS}.
 *
 * @param chain of the last record
 * @param sequence of the last record; -1 when the whole chain is done
 * @param until the newest chain when the export began; later ones are left out, so that the export fits together
 * @param records in the pages so far
 */
public record ExportPosition(int chain, long sequence, int until, long records) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})-(-1|[0-9]{1,18})-([0-9]{1,9})-([0-9]{1,18})");

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static ExportPosition parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("must be the `after` of the last line of an earlier page");
        }
        return new ExportPosition(
                Integer.parseInt(parts.group(1)),
                Long.parseLong(parts.group(2)),
                Integer.parseInt(parts.group(3)),
                Long.parseLong(parts.group(4)));
    }

    @Override
    public String toString() {
        return chain + "-" + sequence + "-" + until + "-" + records;
    }
}
