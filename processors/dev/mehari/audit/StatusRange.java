package dev.mehari.audit;

import java.util.regex.Pattern;

/** Statuses from {@code least} to {@code most}, both included; 0 is that of calls that were answered with none. */
public record StatusRange(int least, int most) {
    private static final Pattern CLASS = Pattern.compile("[1-5]xx");
    private static final Pattern EXACT = Pattern.compile("0|[1-9][0-9]{2}");
    private static final int ROOM = 100;

    /**
     * Reads {@code 429} or {@code 4xx}.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static StatusRange parse(String text) {
        if (CLASS.matcher(text).matches()) {
            int least = (text.charAt(0) - '0') * ROOM;
            return new StatusRange(least, least + ROOM - 1);
        }
        if (EXACT.matcher(text).matches()) {
            int exact = Integer.parseInt(text);
            return new StatusRange(exact, exact);
        }
        throw new IllegalArgumentException("must be a status such as 429 or 4xx");
    }
}
