package dev.mehari.relay;

import java.util.BitSet;

/** A list of statuses and ranges of them, such as {@code 200-299,404}: Camel's {@code okStatusCodeRange}. */
final class StatusRange {
    private final BitSet statuses;

    private StatusRange(BitSet statuses) {
        this.statuses = statuses;
    }

    /** @throws IllegalArgumentException for anything else */
    static StatusRange parse(String text) {
        BitSet statuses = new BitSet(1000);
        for (String part : text.split(",", -1)) {
            int dash = part.indexOf('-');
            try {
                int from = Integer.parseInt((dash < 0 ? part : part.substring(0, dash)).strip());
                int to = dash < 0
                        ? from
                        : Integer.parseInt(part.substring(dash + 1).strip());
                statuses.set(from, to + 1);
            } catch (NumberFormatException | IndexOutOfBoundsException e) {
                throw new IllegalArgumentException("okStatusCodeRange is a list such as 200-299,404, not " + text, e);
            }
        }
        return new StatusRange(statuses);
    }

    boolean contains(int status) {
        return statuses.get(status);
    }
}
