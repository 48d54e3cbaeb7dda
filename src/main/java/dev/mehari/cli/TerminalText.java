package dev.mehari.cli;

import java.io.PrintWriter;

/**
 * What others have written, on its way to a terminal: control characters are shown, as JSON escapes, and not obeyed. Tabs and ends of
 * lines stay what they are.
 */
final class TerminalText extends PrintWriter {
    TerminalText(PrintWriter terminal) {
        super(terminal, true);
    }

    /** {@code out} itself, unless it is a terminal: what goes to a file or another program goes there unchanged. */
    static PrintWriter on(PrintWriter out) {
        return out instanceof StandardOutput standard && standard.isTerminal() ? new TerminalText(out) : out;
    }

    @Override
    public void write(int one) {
        if (Character.isISOControl(one) && one != '\n' && one != '\t') {
            String shown = String.format("\\u%04x", one);
            super.write(shown, 0, shown.length());
        } else {
            super.write(one);
        }
    }

    @Override
    public void write(char[] text, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            write(text[i]);
        }
    }

    @Override
    public void write(String text, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            write(text.charAt(i));
        }
    }
}
