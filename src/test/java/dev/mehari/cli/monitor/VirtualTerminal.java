package dev.mehari.cli.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

/** A terminal whose screen and keyboard are a test's. Knows the few commands that the monitor writes, and refuses others. */
final class VirtualTerminal implements AutoCloseable {
    private static final Pattern COMMAND = Pattern.compile("\u001b\\[(\\??)([0-9;]*)([A-Za-z])");

    private final PipedOutputStream keyboard = new PipedOutputStream();
    private final StringBuilder written = new StringBuilder();
    private final Terminal terminal;
    private char[][] cells;
    private String[][] colours;
    private int row;
    private int column;
    private String colour = "";
    private boolean alternate;
    private boolean cursor = true;

    VirtualTerminal(int columns, int rows) throws IOException {
        clear(columns, rows);
        terminal = TerminalBuilder.builder()
                .system(false)
                .streams(new PipedInputStream(keyboard), new OutputStream() {
                    private final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();

                    @Override
                    public void write(int b) {
                        bytes.write(b);
                    }

                    @Override
                    public void flush() {
                        VirtualTerminal.this.write(bytes.toString(UTF_8));
                        bytes.reset();
                    }
                })
                .type("xterm")
                .encoding(UTF_8)
                .size(new Size(columns, rows))
                .build();
    }

    Terminal terminal() {
        return terminal;
    }

    void type(String keys) throws IOException {
        keyboard.write(keys.getBytes(UTF_8));
        keyboard.flush();
    }

    synchronized void resize(int columns, int rows) {
        clear(columns, rows);
        terminal.setSize(new Size(columns, rows));
        terminal.raise(Signal.WINCH);
    }

    /** Lines without what is blank at their ends. */
    synchronized List<String> screen() {
        List<String> lines = new ArrayList<>();
        for (char[] line : cells) {
            lines.add(new String(line).stripTrailing());
        }
        return lines;
    }

    synchronized String text() {
        return String.join("\n", screen());
    }

    /** What the first character of {@code text} was coloured with; empty for nothing. */
    synchronized String colourOf(String text) {
        for (int line = 0; line < cells.length; line++) {
            int at = new String(cells[line]).indexOf(text);
            if (at >= 0) {
                return colours[line][at];
            }
        }
        throw new AssertionError(text + " is not on the screen:\n" + text());
    }

    synchronized boolean isAlternate() {
        return alternate;
    }

    synchronized boolean hasCursor() {
        return cursor;
    }

    /** Characters that it has been sent. */
    synchronized int sent() {
        return written.length();
    }

    private synchronized void clear(int columns, int rows) {
        cells = new char[rows][columns];
        colours = new String[rows][columns];
        for (int line = 0; line < rows; line++) {
            erase(line, 0);
        }
    }

    private void erase(int line, int from) {
        Arrays.fill(cells[line], from, cells[line].length, ' ');
        Arrays.fill(colours[line], from, colours[line].length, "");
    }

    private synchronized void write(String text) {
        written.append(text);
        Matcher command = COMMAND.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == '\u001b') {
                if (!command.find(at) || command.start() != at) {
                    throw new AssertionError("unknown: " + text.substring(at, Math.min(text.length(), at + 9)));
                }
                obey(
                        !command.group(1).isEmpty(),
                        command.group(2),
                        command.group(3).charAt(0));
                at = command.end();
            } else {
                put(text.charAt(at++));
            }
        }
    }

    private void put(char character) {
        if (row < cells.length && column < cells[row].length) {
            cells[row][column] = character;
            colours[row][column] = colour;
        }
        column++;
    }

    private void obey(boolean mode, String numbers, char what) {
        switch (what) {
            case 'H' -> {
                String[] place = numbers.isEmpty() ? new String[] {"1", "1"} : numbers.split(";");
                row = Integer.parseInt(place[0]) - 1;
                column = Integer.parseInt(place[1]) - 1;
            }
            case 'J' -> clear(cells[0].length, cells.length);
            case 'K' -> {
                if (row < cells.length) {
                    erase(row, column);
                }
            }
            case 'm' -> colour = numbers.equals("0") ? "" : numbers;
            case 'h', 'l' -> {
                if (mode && numbers.equals("1049")) {
                    alternate = what == 'h';
                } else if (mode && numbers.contains("25")) {
                    cursor = what == 'h';
                }
            }
            case 't' -> {}
            default -> throw new AssertionError("unknown: " + numbers + what);
        }
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
