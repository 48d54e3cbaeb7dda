package dev.mehari.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks the admin API many things, and prints as it goes. */
abstract class AdminStreamCommand implements Callable<Integer> {
    private Map<String, String> environment = System.getenv();

    @Mixin
    private AdminOptions options = new AdminOptions();

    @Spec
    private @Nullable CommandSpec spec;

    /** Takes variables from {@code other} instead of those of the process. */
    final AdminStreamCommand under(Map<String, String> other) {
        environment = other;
        return this;
    }

    /** A client of the gateway that was named. */
    final AdminClient client() throws AdminFailure {
        return options.client(environment);
    }

    /** Does it; returns the exit code. */
    abstract int run(AdminClient client, PrintWriter out, boolean json) throws AdminFailure;

    /** True when no gateway is asked, so that {@link #runAlone} does it. */
    boolean isAlone() {
        return false;
    }

    /** Does it without a gateway; returns the exit code. */
    int runAlone(PrintWriter out, boolean json) throws AdminFailure {
        throw new AdminFailure("This needs a gateway.", true);
    }

    /** Says something on standard error. */
    final void tell(String message) {
        if (spec != null) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("mehari: " + message);
            err.flush();
        }
    }

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("the command runs outside a command line");
        }
        PrintWriter out = TerminalText.on(spec.commandLine().getOut());
        try {
            return isAlone() ? runAlone(out, options.json()) : run(client(), out, options.json());
        } catch (AdminFailure failure) {
            tell(String.valueOf(failure.getMessage()));
            if (options.json()) {
                out.println(JsonNodeFactory.instance.objectNode().put("error", failure.getMessage()));
            }
            return failure.exitCode();
        } finally {
            out.flush();
        }
    }
}
