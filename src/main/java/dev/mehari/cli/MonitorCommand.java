package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.cli.monitor.Source;
import dev.mehari.cli.monitor.TerminalMonitor;
import dev.mehari.cli.monitor.TextMonitor;
import dev.mehari.cli.monitor.Unanswered;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mehari monitor}: what a gateway does, refreshed each second. */
@Command(
        name = "monitor",
        description = {
            "Shows what a running gateway is doing, refreshed each second: load, latency, upstreams, keys, credentials. "
                    + "On a terminal u, k, c, tab and the arrows say what is listed, q or Ctrl-C ends it; elsewhere it "
                    + "prints a block of lines each second, or with --json a line."
        },
        mixinStandardHelpOptions = true)
final class MonitorCommand implements Callable<Integer> {
    private Map<String, String> environment = System.getenv();

    @Mixin
    private AdminOptions options = new AdminOptions();

    @Option(names = "--once", description = "Print one screen as plain text, or one JSON document, and end.")
    private boolean once;

    @Spec
    private @Nullable CommandSpec spec;

    /** Takes variables from {@code other} instead. */
    MonitorCommand under(Map<String, String> other) {
        environment = other;
        return this;
    }

    @Override
    public Integer call() throws IOException {
        if (spec == null) {
            throw new IllegalStateException("the command runs outside a command line");
        }
        PrintWriter out = TerminalText.on(spec.commandLine().getOut());
        try {
            AdminClient client = options.client(environment);
            JsonNode first = client.get("/api/monitor");
            TextMonitor text = new TextMonitor(out, options.json(), environment, System::nanoTime);
            if (once) {
                text.once(first);
                return ExitCode.DONE;
            }
            Source source = () -> ask(client);
            if (!options.json() && isTerminal()) {
                Terminal terminal = TerminalMonitor.terminal();
                if (terminal != null) {
                    try (terminal) {
                        return new TerminalMonitor(source, environment, System::nanoTime).run(terminal, first);
                    }
                }
            }
            return text.run(first, source);
        } catch (AdminFailure failure) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("mehari: " + failure.getMessage());
            err.flush();
            if (options.json()) {
                out.println(JsonNodeFactory.instance.objectNode().put("error", failure.getMessage()));
                out.flush();
            }
            return failure.exitCode();
        }
    }

    private static JsonNode ask(AdminClient client) throws Unanswered {
        try {
            return client.get("/api/monitor");
        } catch (AdminFailure failure) {
            throw new Unanswered(String.valueOf(failure.getMessage()));
        }
    }

    /** Input and output are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // what is there without a terminal is asked
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // From Java 22 on there is a console in any case, which says so itself.
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException older) {
            return true;
        } catch (ReflectiveOperationException unexpected) {
            return false;
        }
    }
}
