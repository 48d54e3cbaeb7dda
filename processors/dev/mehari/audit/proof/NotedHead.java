package dev.mehari.audit.proof;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a chain had come at some time, noted elsewhere; as text {@code INSTANCE:SEQUENCE:HEAD}.
 *
 * @param head the chain's link after the event of that number, as hex digits in lower case
 */
public record NotedHead(UUID instance, long sequence, String head) {
    private static final Pattern TEXT = Pattern.compile("([0-9a-fA-F-]{36}):([0-9]{1,18}):([0-9a-fA-F]{64})");

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static NotedHead parse(String text) {
        Matcher parts = TEXT.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("write INSTANCE:SEQUENCE:HEAD, as verify prints it");
        }
        return new NotedHead(
                UUID.fromString(parts.group(1)),
                Long.parseLong(parts.group(2)),
                parts.group(3).toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return instance + ":" + sequence + ":" + head;
    }
}
