package dev.mehari.cli.monitor;

import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.InfoCmp.Capability;

/** The screen of a terminal; writes only lines that have changed, which matters over slow connections. */
final class Canvas {
    private final Terminal terminal;
    private List<AttributedString> shown = List.of();
    private int width;
    private int height;

    Canvas(Terminal terminal) {
        this.terminal = terminal;
    }

    /** True for a terminal that lines can be written to at a place. */
    static boolean suits(Terminal terminal) {
        return terminal.getStringCapability(Capability.cursor_address) != null
                && terminal.getStringCapability(Capability.clr_eol) != null
                && terminal.getStringCapability(Capability.clear_screen) != null;
    }

    void open() {
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        resized();
    }

    /** Asks how large it is, and begins anew. */
    void resized() {
        Size size = terminal.getSize();
        width = size.getColumns() > 0 ? size.getColumns() : 80;
        height = size.getRows() > 0 ? size.getRows() : 24;
        shown = List.of();
        terminal.puts(Capability.clear_screen);
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    void show(List<AttributedString> lines) {
        for (int row = 0; row < Math.max(lines.size(), shown.size()); row++) {
            AttributedString line = row < lines.size() ? lines.get(row) : AttributedString.EMPTY;
            AttributedString before = row < shown.size() ? shown.get(row) : AttributedString.EMPTY;
            if (!line.equals(before)) {
                terminal.puts(Capability.cursor_address, row, 0);
                // First, for behind a full line the cursor still stands on its last column.
                terminal.puts(Capability.clr_eol);
                terminal.writer().write(line.toAnsi(terminal));
            }
        }
        shown = lines;
        terminal.flush();
    }

    /** Leaves the terminal as it was. */
    void close() {
        terminal.puts(Capability.cursor_normal);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
    }
}
