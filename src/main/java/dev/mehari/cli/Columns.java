package dev.mehari.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A table for people to read: each column is as wide as its widest cell, and two spaces apart from the next. */
final class Columns {
    private static final int APART = 2;

    private final List<List<String>> rows = new ArrayList<>();
    private final int[] widths;

    Columns(String... heads) {
        widths = new int[heads.length];
        row(heads);
    }

    /** One line more, with a cell for each column. */
    void row(String... cells) {
        if (cells.length != widths.length) {
            throw new IllegalArgumentException(cells.length + " cells for " + widths.length + " columns");
        }
        for (int i = 0; i < cells.length; i++) {
            widths[i] = Math.max(widths[i], cells[i].length());
        }
        rows.add(List.of(cells));
    }

    void print(PrintWriter out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + APART));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
