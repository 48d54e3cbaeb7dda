package dev.mehari.cli.monitor;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** The first line: which gateway, how it is, and when that was; a second one while it does not answer. */
final class HeadPart {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private HeadPart() {}

    static List<AttributedString> lines(Watch watch, long nanos, int width, Ink ink) {
        Reading reading = watch.latest();
        AttributedStringBuilder left = new AttributedStringBuilder()
                .append("mehari", ink.colour() ? AttributedStyle.BOLD : AttributedStyle.DEFAULT)
                .append("  ")
                .append(reading.instance())
                .append("  ")
                .append(reading.status(), ink.of(level(reading.status())));
        String time = reading.at() == null ? "" : TIME.format(reading.at());
        int gap = width - left.columnLength() - time.length();
        if (gap >= 2) {
            left.append(" ".repeat(gap)).append(time);
        }
        List<AttributedString> lines = new ArrayList<>();
        lines.add(left.toAttributedString());
        Long silent = watch.silentSeconds(nanos);
        if (silent != null) {
            String why = watch.failure().isEmpty() ? "" : ": " + watch.failure();
            lines.add(new AttributedString("no answer since " + silent + " s" + why, ink.of(Level.CRITICAL)));
        }
        return lines;
    }

    private static Level level(String status) {
        return switch (status) {
            case "unhealthy" -> Level.CRITICAL;
            case "degraded" -> Level.WARN;
            default -> Level.NORMAL;
        };
    }
}
