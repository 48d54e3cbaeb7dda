package dev.mehari.cli.monitor;

import java.util.Locale;
import java.util.Map;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** What a screen is drawn with: colours or none, and characters that its terminal has. */
record Ink(boolean colour, boolean unicode) {
    /** As the variables of the process say ({@code NO_COLOR}, the locale); never coloured when that is not wanted. */
    static Ink of(Map<String, String> environment, boolean colour) {
        boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Ink(colour && wanted, isUnicode(environment));
    }

    private static boolean isUnicode(Map<String, String> environment) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String locale = environment.getOrDefault(name, "").toLowerCase(Locale.ROOT);
            if (!locale.isEmpty()) {
                return locale.contains("utf-8") || locale.contains("utf8");
            }
        }
        return false;
    }

    AttributedStyle of(Level level) {
        if (!colour) {
            return AttributedStyle.DEFAULT;
        }
        return switch (level) {
            case NORMAL -> AttributedStyle.DEFAULT;
            case WARN -> AttributedStyle.BOLD.foreground(AttributedStyle.YELLOW);
            case CRITICAL -> AttributedStyle.BOLD.foreground(AttributedStyle.RED);
        };
    }

    /** For the heads of tables. */
    AttributedStyle head(boolean chosen) {
        if (!colour) {
            return AttributedStyle.DEFAULT;
        }
        return chosen ? AttributedStyle.INVERSE : AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN);
    }

    /** A line of that many columns at most; where something is cut off, that shows. */
    AttributedString cut(AttributedString line, int width) {
        if (line.columnLength() <= width) {
            return line;
        }
        if (line.columnSubSequence(width, Integer.MAX_VALUE).toString().isBlank()) {
            return line.columnSubSequence(0, width);
        }
        AttributedStringBuilder cut = new AttributedStringBuilder().append(line.columnSubSequence(0, width - 1));
        return cut.append(unicode ? "\u2026" : ">").toAttributedString();
    }

    /** A bar of which {@code part} in {@code whole} is full. */
    String bar(long part, long whole, int width) {
        long full = whole <= 0 ? 0 : Math.min(width, Math.round((double) part * width / whole));
        return (unicode ? "\u2588" : "#").repeat((int) full) + (unicode ? "\u2591" : "-").repeat(width - (int) full);
    }
}
