package dev.mehari.cli.monitor;

import java.util.List;

/** Numbers over time as one line of characters, the latest at its right end. */
final class Sparkline {
    private static final String BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final String LETTERS = "_.:-=+*#";

    private Sparkline() {}

    /**
     * A line of {@code width} columns for the last {@code span} of {@code values}. With fewer columns than values each
     * shows the highest of several, with more each value has one.
     *
     * @param values a negative one is not known, and left blank
     * @param most what the highest character stands for, unless a value is above it
     */
    static String of(List<Long> values, int span, int width, long most, boolean unicode) {
        int columns = Math.min(width, span);
        long highest = values.stream().mapToLong(Long::longValue).reduce(Math.max(1, most), Math::max);
        StringBuilder line = new StringBuilder(" ".repeat(Math.max(0, width - columns)));
        for (int column = 0; column < columns; column++) {
            int from = values.size() - span + column * span / columns;
            int to = values.size() - span + (column + 1) * span / columns;
            line.append(character(highestOf(values, from, to), highest, unicode ? BLOCKS : LETTERS));
        }
        return line.toString();
    }

    private static long highestOf(List<Long> values, int from, int to) {
        long highest = -1;
        for (int i = Math.max(0, from); i < to; i++) {
            highest = Math.max(highest, values.get(i));
        }
        return highest;
    }

    private static char character(long value, long highest, String characters) {
        if (value < 0) {
            return ' ';
        }
        // All but nothing shows as more than nothing.
        return characters.charAt((int) ((value * (characters.length() - 1) + highest - 1) / highest));
    }
}
