package dev.mehari.cli.monitor;

import dev.mehari.cli.monitor.Reading.LastMinute;
import dev.mehari.cli.monitor.Reading.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;

/** How much there is to do: concurrency, queue, rate, refusals, latency, each with its last minute beside it. */
final class LoadPart {
    private static final int MINUTE = 60;
    private static final int NAME = 12;
    private static final int VALUE = 22;
    private static final int BAR = 14;
    private static final int WORD = 9;
    private static final int SHORTEST_LINE = 10;
    private static final long MILLIONS = 10_000_000;
    private static final int MINUTE_SECONDS_AT_MOST = 90;

    private LoadPart() {}

    static List<AttributedString> lines(Watch watch, int width, Ink ink) {
        Reading now = watch.latest();
        LastMinute minute = now.lastMinute();
        List<AttributedString> lines = new ArrayList<>();
        Level concurrency = Level.ofConcurrency(now.active(), now.maxConcurrent());
        String used = now.active() + " / " + now.maxConcurrent() + "  " + percent(now.active(), now.maxConcurrent());
        lines.add(new Row(width, ink, "concurrency", used, concurrency)
                .bar(now.active(), now.maxConcurrent())
                .line(watch.concurrency(), now.maxConcurrent()));
        lines.add(new Row(width, ink, "queue", now.waiting() + " / " + now.maxQueue(), Level.ofQueue(now.waiting()))
                .bar(now.waiting(), now.maxQueue())
                .line(watch.queue(), 0));
        lines.add(new Row(width, ink, "rate", number(now.perSecond()) + " calls/s", Level.NORMAL)
                .text(count(now.calls()) + " in all")
                .line(minute.calls(), 0));
        Level refusals = Level.ofRefusals(minute.allRefused(), minute.allCalls());
        lines.add(new Row(
                        width,
                        ink,
                        "refused",
                        minute.allRefused() + "  " + percent(minute.allRefused(), minute.allCalls()),
                        refusals)
                .text(count(now.refused()) + " in all")
                .line(minute.refused(), 0));
        lines.add(latency(minute.latency(), width));
        lines.add(new AttributedString(padded("open", NAME) + now.open() + " calls, " + now.streams() + " streams"));
        return lines;
    }

    private static AttributedString latency(Latency latency, int width) {
        if (latency.calls() == 0) {
            return new AttributedString(padded("latency", NAME) + "-");
        }
        String span = latency.seconds() <= MINUTE_SECONDS_AT_MOST
                ? "last minute"
                : "last " + (latency.seconds() + MINUTE - 1) / MINUTE + " minutes";
        String text = padded("latency", NAME) + "p50 " + millis(latency.p50()) + "  p95 " + millis(latency.p95())
                + "  p99 " + millis(latency.p99());
        String over = "  (" + span + ")";
        return new AttributedString(text.length() + over.length() <= width ? text + over : text);
    }

    private static String millis(double millis) {
        return number(millis) + " ms";
    }

    /** Short: with a digit behind the point where that says something. */
    static String number(double value) {
        return value == 0 || value >= 100
                ? Long.toString(Math.round(value))
                : String.format(Locale.ROOT, "%.1f", value);
    }

    private static String count(long count) {
        return count < MILLIONS ? Long.toString(count) : String.format(Locale.ROOT, "%.1fM", count / 1e6);
    }

    private static String percent(long part, long whole) {
        return String.format(Locale.ROOT, "%.1f %%", whole == 0 ? 0 : 100.0 * part / whole);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    /** One line in the making; what does not fit is left out. */
    private static final class Row {
        private final AttributedStringBuilder line = new AttributedStringBuilder();
        private final int width;
        private final Ink ink;
        private final Level level;
        private boolean hasBar;

        Row(int width, Ink ink, String name, String value, Level level) {
            this.width = width;
            this.ink = ink;
            this.level = level;
            line.append(padded(name, NAME)).append(padded(value, VALUE), ink.of(level));
        }

        Row bar(long part, long whole) {
            return text(ink.bar(part, whole, BAR));
        }

        /** Takes as much room as a bar, so that all lines begin at the same place. */
        Row text(String text) {
            hasBar = line.columnLength() + BAR + 1 + WORD <= width;
            if (hasBar) {
                line.append(padded(text, BAR + 1), ink.of(level)).append(padded(level.word(), WORD), ink.of(level));
            } else {
                line.append(level.word(), ink.of(level));
            }
            return this;
        }

        AttributedString line(List<Long> values, long most) {
            int room = width - line.columnLength();
            if (hasBar && room >= SHORTEST_LINE) {
                line.append(Sparkline.of(values, MINUTE, Math.min(room, MINUTE), most, ink.unicode()), ink.of(level));
            }
            return line.toAttributedString();
        }
    }
}
