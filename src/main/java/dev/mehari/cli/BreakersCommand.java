package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mehari breakers}: the circuit breakers before the upstreams. */
@Command(
        name = "breakers",
        description = "Shows, opens and closes the circuit breakers before upstreams.",
        mixinStandardHelpOptions = true,
        subcommands = {
            BreakersCommand.List.class,
            BreakersCommand.Open.class,
            BreakersCommand.Close.class,
            BreakersCommand.Reset.class
        })
final class BreakersCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "Say list, open, close or reset.");
        }
    }

    private static void line(JsonNode breaker, PrintWriter out) {
        long wait = breaker.path("retry_after_ms").asLong();
        out.printf(
                Locale.ROOT,
                "%-20s %-12s %d of %d calls failed, %d turned away%s%n",
                breaker.path("upstream").asText(),
                breaker.path("state").asText(),
                breaker.path("failures").asLong(),
                breaker.path("calls").asLong(),
                breaker.path("not_permitted").asLong(),
                wait > 0 ? String.format(Locale.ROOT, ", tried again in %.1f s", wait / 1000.0) : "");
    }

    /** {@code breakers list}. */
    @Command(name = "list", description = "Shows the breaker of each upstream.", mixinStandardHelpOptions = true)
    static final class List extends AdminCommand {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get("/api/breakers");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            answer.path("breakers").forEach(breaker -> line(breaker, out));
        }
    }

    /** What the commands that change a breaker have in common. */
    abstract static class Change extends AdminCommand {
        @Parameters(index = "0", paramLabel = "UPSTREAM", description = "Name of the upstream.")
        private String upstream = "";

        private final String action;

        Change(String action) {
            this.action = action;
        }

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.post("/api/breakers/" + AdminClient.segment(upstream) + "/" + action, null);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            line(answer, out);
        }
    }

    /** {@code breakers open UPSTREAM}. */
    @Command(
            name = "open",
            description = "Turns calls to an upstream away until its breaker is closed or reset.",
            mixinStandardHelpOptions = true)
    static final class Open extends Change {
        Open() {
            super("open");
        }
    }

    /** {@code breakers close UPSTREAM}. */
    @Command(
            name = "close",
            description = "Lets calls to an upstream through, until it fails anew.",
            mixinStandardHelpOptions = true)
    static final class Close extends Change {
        Close() {
            super("close");
        }
    }

    /** {@code breakers reset UPSTREAM}. */
    @Command(
            name = "reset",
            description = "Forgets what a breaker knows, and lets calls through.",
            mixinStandardHelpOptions = true)
    static final class Reset extends Change {
        Reset() {
            super("reset");
        }
    }
}
