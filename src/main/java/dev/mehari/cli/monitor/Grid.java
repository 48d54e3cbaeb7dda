package dev.mehari.cli.monitor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * A table of a screen: names at the left, which give way first where room is short, then columns from the right end, so
 * that what matters most comes first.
 */
final class Grid {
    private static final int APART = 2;
    private static final int SHORTEST_NAME = 8;

    /** What is in one place of it. */
    record Cell(String text, Level level) {
        static Cell of(String text) {
            return new Cell(text, Level.NORMAL);
        }

        static Cell of(long number) {
            return of(Long.toString(number));
        }
    }

    private final int total;
    private final List<String> heads;
    private final int texts;
    private final List<List<Cell>> rows = new ArrayList<>();

    /**
     * One without rows.
     *
     * @param total rows that there are, of which some may not be here
     * @param texts how many of the columns hold texts; those behind them hold numbers, which end at their right
     */
    Grid(int total, int texts, String... heads) {
        this.total = total;
        this.texts = texts;
        this.heads = List.of(heads);
    }

    void row(Cell... cells) {
        if (cells.length != heads.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + heads.size() + " columns");
        }
        rows.add(List.of(cells));
    }

    int rows() {
        return rows.size();
    }

    int total() {
        return total;
    }

    /**
     * The head, and {@code height} lines at most below it: rows from {@code offset} on, and how many more there are where
     * not all fit.
     */
    List<AttributedString> lines(int width, int height, int offset, Ink ink, boolean chosen) {
        int[] widths = widths(width);
        List<AttributedString> lines = new ArrayList<>();
        lines.add(line(heads.stream().map(Cell::of).toList(), widths, ink, ink.head(chosen)));
        int room = total > height && height > 1 ? height - 1 : height;
        int first = Math.max(0, Math.min(offset, rows.size() - room));
        int last = Math.min(rows.size(), first + room);
        for (List<Cell> row : rows.subList(first, last)) {
            lines.add(line(row, widths, ink, AttributedStyle.DEFAULT));
        }
        if (total > last - first && height > 1) {
            lines.add(new AttributedString("+" + (total - (last - first)) + " more"));
        }
        return lines;
    }

    /** Of the columns that fit. */
    private int[] widths(int width) {
        int[] widths = new int[heads.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns(heads.get(i));
            for (List<Cell> row : rows) {
                widths[i] = Math.max(widths[i], columns(row.get(i).text()));
            }
        }
        int fit = widths.length;
        int others = others(widths, fit);
        while (fit > 1 && others + SHORTEST_NAME > width) {
            others = others(widths, --fit);
        }
        widths[0] = Math.max(1, Math.min(widths[0], width - others));
        return Arrays.copyOf(widths, fit);
    }

    private static int others(int[] widths, int fit) {
        int sum = 0;
        for (int i = 1; i < fit; i++) {
            sum += widths[i] + APART;
        }
        return sum;
    }

    private AttributedString line(List<Cell> cells, int[] widths, Ink ink, AttributedStyle style) {
        AttributedStringBuilder line = new AttributedStringBuilder();
        for (int i = 0; i < widths.length; i++) {
            Cell cell = cells.get(i);
            AttributedStyle own = cell.level() == Level.NORMAL ? style : ink.of(cell.level());
            AttributedString text = ink.cut(new AttributedString(cell.text(), own), widths[i]);
            AttributedString blank =
                    new AttributedString(" ".repeat(Math.max(0, widths[i] - text.columnLength())), style);
            if (i > 0) {
                line.append(" ".repeat(APART), style);
            }
            line.append(i < texts ? text : blank).append(i < texts ? blank : text);
        }
        return line.toAttributedString();
    }

    private static int columns(String text) {
        return new AttributedString(text).columnLength();
    }
}
