package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks the admin API one thing and prints the answer. */
abstract class AdminCommand implements Callable<Integer> {
    private Map<String, String> environment;

    @Mixin
    private AdminOptions options = new AdminOptions();

    @Spec
    private @Nullable CommandSpec spec;

    /** With the variables of this process. */
    AdminCommand() {
        this(System.getenv());
    }

    AdminCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Takes variables from {@code other} instead. */
    final AdminCommand under(Map<String, String> other) {
        environment = other;
        return this;
    }

    /** True where JSON was asked for. */
    final boolean asksJson() {
        return options.json();
    }

    /** Asks the gateway that the options name; a command that can answer without one does so here. */
    JsonNode ask() throws AdminFailure {
        return ask(options.client(environment));
    }

    /** Asks. */
    abstract JsonNode ask(AdminClient client) throws AdminFailure;

    /** Prints for people what was answered. */
    abstract void print(JsonNode answer, PrintWriter out);

    /** True unless the answer says that what was asked for could not be done, or not all of it. */
    boolean isDone(JsonNode answer) {
        return true;
    }

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("the command runs outside a command line");
        }
        PrintWriter out = TerminalText.on(spec.commandLine().getOut());
        try {
            JsonNode answer = ask();
            if (options.json()) {
                out.println(answer);
            } else {
                print(answer, out);
            }
            out.flush();
            return isDone(answer) ? ExitCode.DONE : ExitCode.FAILED;
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
}
