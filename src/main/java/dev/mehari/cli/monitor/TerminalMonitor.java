package dev.mehari.cli.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.cli.monitor.Screen.Choice;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;

/**
 * Shows what the gateway says on a terminal, refreshed each second, until somebody ends it. The gateway is asked on a thread
 * of its own, so that keys work while it does not answer. The terminal is left as it was, however it ends.
 */
public final class TerminalMonitor {
    private static final long LOOK_MILLIS = 200;
    private static final List<Tables> TABLES = List.of(Tables.values());

    private final Source source;
    private final Map<String, String> environment;
    private final LongSupplier nanos;
    private final Object lock = new Object();
    private final AtomicBoolean resized = new AtomicBoolean();
    private @Nullable Watch watch;
    private Tables table = Tables.KEYS;
    private int offset;

    /**
     * One that asks {@code source}.
     *
     * @param environment variables of the process
     * @param nanos a clock as {@link System#nanoTime()}
     */
    public TerminalMonitor(Source source, Map<String, String> environment, LongSupplier nanos) {
        this.source = source;
        this.environment = environment;
        this.nanos = nanos;
    }

    /** The terminal of this process; null when it has none that lines can be written to at a place. */
    public static @Nullable Terminal terminal() throws IOException {
        Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .dumb(true)
                .nativeSignals(false)
                .build();
        if (Canvas.suits(terminal)) {
            return terminal;
        }
        terminal.close();
        return null;
    }

    /** Shows {@code first} and what comes after it; returns the exit code. */
    public int run(Terminal terminal, JsonNode first) throws IOException {
        synchronized (lock) {
            watch = new Watch(Reading.of(first), nanos.getAsLong());
        }
        AtomicBoolean over = new AtomicBoolean();
        ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "mehari-monitor");
            thread.setDaemon(true);
            return thread;
        });
        Attributes before = terminal.enterRawMode();
        Canvas canvas = new Canvas(terminal);
        try (Ending ending = new Ending(() -> over.set(true))) {
            // A stopped process or a thread dump would leave the screen in a mess.
            Attributes quiet = terminal.getAttributes();
            quiet.setControlChar(ControlChar.VSUSP, 0);
            quiet.setControlChar(ControlChar.VQUIT, 0);
            terminal.setAttributes(quiet);
            terminal.handle(Signal.WINCH, signal -> resized.set(true));
            canvas.open();
            var unused = asking.scheduleAtFixedRate(this::ask, 1, 1, TimeUnit.SECONDS);
            Screen screen = new Screen(Ink.of(environment, true));
            while (!over.get()) {
                show(screen, canvas);
                Key key = Key.next(terminal.reader(), LOOK_MILLIS);
                if (key == Key.QUIT) {
                    return 0;
                }
                follow(key);
            }
            return ending.exitCode();
        } finally {
            asking.shutdownNow();
            canvas.close();
            terminal.setAttributes(before);
        }
    }

    private void show(Screen screen, Canvas canvas) {
        if (resized.getAndSet(false)) {
            canvas.resized();
        }
        List<AttributedString> lines;
        synchronized (lock) {
            Watch now = watch;
            if (now == null) {
                return;
            }
            offset = Math.min(offset, Math.max(0, table.of(now.latest()).rows() - 1));
            lines = screen.lines(
                    now, nanos.getAsLong(), canvas.width(), canvas.height(), new Choice(table, offset, true));
        }
        canvas.show(lines);
    }

    private void follow(Key key) {
        switch (key) {
            case UP -> offset = Math.max(0, offset - 1);
            case DOWN -> offset++;
            case NEXT -> look(TABLES.get((TABLES.indexOf(table) + 1) % TABLES.size()));
            case UPSTREAMS -> look(Tables.UPSTREAMS);
            case KEYS -> look(Tables.KEYS);
            case CREDENTIALS -> look(Tables.CREDENTIALS);
            case NONE, QUIT -> {}
        }
    }

    private void look(Tables at) {
        table = at;
        offset = 0;
    }

    private void ask() {
        Reading answer;
        try {
            answer = Reading.of(source.ask());
        } catch (Unanswered why) {
            synchronized (lock) {
                if (watch != null) {
                    watch.unanswered(String.valueOf(why.getMessage()));
                }
            }
            return;
        }
        synchronized (lock) {
            if (watch != null) {
                watch.answered(answer, nanos.getAsLong());
            }
        }
    }
}
