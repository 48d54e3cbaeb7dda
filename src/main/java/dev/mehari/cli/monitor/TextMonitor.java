package dev.mehari.cli.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.cli.monitor.Screen.Choice;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;

/**
 * Prints what the gateway says, without a terminal: a block of lines, or a line of JSON, each second until somebody ends it
 * or nobody reads on.
 */
public final class TextMonitor {
    private static final long SECOND = 1_000_000_000L;
    private static final int WIDTH = 80;
    private static final int HEIGHT = 24;

    private final PrintWriter out;
    private final boolean json;
    private final Screen screen;
    private final int width;
    private final int height;
    private final LongSupplier nanos;

    /**
     * One that writes to {@code out}.
     *
     * @param environment variables of the process: {@code COLUMNS} and {@code LINES} say how much a screen holds
     * @param nanos a clock as {@link System#nanoTime()}
     */
    public TextMonitor(PrintWriter out, boolean json, Map<String, String> environment, LongSupplier nanos) {
        this.out = out;
        this.json = json;
        this.nanos = nanos;
        screen = new Screen(Ink.of(environment, false));
        width = size(environment.get("COLUMNS"), WIDTH);
        height = size(environment.get("LINES"), HEIGHT);
    }

    private static int size(@Nullable String text, int otherwise) {
        boolean number = text != null && text.matches("[1-9][0-9]{0,4}");
        return number ? Integer.parseInt(text) : otherwise;
    }

    /** Prints one answer. */
    public void once(JsonNode answer) {
        if (json) {
            out.println(answer);
        } else {
            print(new Watch(Reading.of(answer), nanos.getAsLong()));
        }
        out.flush();
    }

    /**
     * Prints {@code first}, and then what {@code source} says each second. Returns the exit code.
     */
    public int run(JsonNode first, Source source) {
        Thread self = Thread.currentThread();
        try (Ending ending = new Ending(self::interrupt)) {
            Watch watch = new Watch(Reading.of(first), nanos.getAsLong());
            JsonNode latest = first;
            long next = nanos.getAsLong();
            while (true) {
                show(latest, watch);
                next = Math.max(next + SECOND, nanos.getAsLong());
                if (out.checkError() || ending.await(next - nanos.getAsLong())) {
                    return ending.exitCode();
                }
                latest = ask(source, watch);
                if (ending.isOver()) {
                    return ending.exitCode();
                }
            }
        } finally {
            // Whoever waited for the end has seen it.
            Thread.interrupted();
        }
    }

    private JsonNode ask(Source source, Watch watch) {
        try {
            JsonNode answer = source.ask();
            watch.answered(Reading.of(answer), nanos.getAsLong());
            return answer;
        } catch (Unanswered why) {
            watch.unanswered(String.valueOf(why.getMessage()));
            return JsonNodeFactory.instance.objectNode().put("error", why.getMessage());
        }
    }

    private void show(JsonNode latest, Watch watch) {
        if (json) {
            out.println(latest);
        } else {
            print(watch);
            out.println();
        }
        out.flush();
    }

    private void print(Watch watch) {
        for (AttributedString line : screen.lines(watch, nanos.getAsLong(), width, height, Choice.NONE)) {
            out.println(line.toString().stripTrailing());
        }
    }
}
