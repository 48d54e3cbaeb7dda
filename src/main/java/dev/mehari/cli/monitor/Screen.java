package dev.mehari.cli.monitor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jline.utils.AttributedString;

/**
 * All that is shown, as lines: the load above, and below it the tables that have rows, the chosen one with as much room as it
 * needs. Never wider or higher than asked for.
 */
final class Screen {
    /** Rows that each table gets before one gets more. */
    private static final int FAIR = 2;

    /** An empty line and the head. */
    private static final int ABOVE_ROWS = 2;

    private static final String KEYS = "u upstreams  k keys  c credentials  up/down scroll  q quit";

    private final Ink ink;

    Screen(Ink ink) {
        this.ink = ink;
    }

    /**
     * Which table is looked at.
     *
     * @param offset of its first row that is shown
     * @param keys true where somebody can change that
     */
    record Choice(Tables table, int offset, boolean keys) {
        /** Of one who only reads. */
        static final Choice NONE = new Choice(Tables.KEYS, 0, false);
    }

    List<AttributedString> lines(Watch watch, long nanos, int width, int height, Choice choice) {
        List<AttributedString> lines = new ArrayList<>(HeadPart.lines(watch, nanos, width, ink));
        lines.addAll(LoadPart.lines(watch, width, ink));
        int foot = choice.keys() ? 1 : 0;
        lines.addAll(tables(watch.latest(), width, height - lines.size() - foot, choice));
        if (choice.keys() && lines.size() < height) {
            while (lines.size() < height - 1) {
                lines.add(AttributedString.EMPTY);
            }
            lines.add(new AttributedString(KEYS));
        }
        return lines.stream().limit(height).map(line -> ink.cut(line, width)).toList();
    }

    private List<AttributedString> tables(Reading reading, int width, int height, Choice choice) {
        Map<Tables, Grid> grids = new EnumMap<>(Tables.class);
        for (Tables table : Tables.values()) {
            Grid grid = table.of(reading);
            if (grid.total() > 0 || (choice.keys() && table == choice.table())) {
                grids.put(table, grid);
            }
        }
        Map<Tables, Integer> heights = heights(grids, height, choice.table());
        List<AttributedString> lines = new ArrayList<>();
        grids.forEach((table, grid) -> {
            Integer rows = heights.get(table);
            if (rows != null) {
                boolean chosen = choice.keys() && table == choice.table();
                lines.add(AttributedString.EMPTY);
                lines.addAll(grid.lines(width, rows, chosen ? choice.offset() : 0, ink, chosen));
            }
        });
        return lines;
    }

    /** Lines for the rows of each table; none for one that there is no room for. */
    private static Map<Tables, Integer> heights(Map<Tables, Grid> grids, int height, Tables chosen) {
        List<Tables> order = new ArrayList<>(grids.keySet());
        if (order.remove(chosen)) {
            order.add(0, chosen);
        }
        Map<Tables, Integer> heights = new EnumMap<>(Tables.class);
        int left = height;
        for (Tables table : order) {
            int least = Math.min(FAIR, needs(grids, table));
            if (left >= ABOVE_ROWS + least) {
                heights.put(table, least);
                left -= ABOVE_ROWS + least;
            }
        }
        for (Tables table : order) {
            Integer given = heights.get(table);
            if (given != null) {
                int more = Math.min(left, needs(grids, table) - given);
                heights.put(table, given + more);
                left -= more;
            }
        }
        return heights;
    }

    /** With a line that tells of rows which are not here. */
    private static int needs(Map<Tables, Grid> grids, Tables table) {
        Grid grid = grids.get(table);
        return grid == null ? 0 : grid.rows() + (grid.total() > grid.rows() ? 1 : 0);
    }
}
