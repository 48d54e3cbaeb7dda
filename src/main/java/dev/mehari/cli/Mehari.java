package dev.mehari.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code mehari} command. A further command is one more class in {@code subcommands}. */
@Command(
        name = "mehari",
        description = "A relay gateway for shared LLM and HTTP APIs.",
        mixinStandardHelpOptions = true,
        versionProvider = MehariVersion.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the thing asked for failed", "2:wrong use or configuration"},
        subcommands = {UpstreamCommand.class})
public final class Mehari implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run
    private CommandSpec spec;

    /** Runs the command that {@code args} name and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Returns the whole command line, ready to execute; tests give it their own writers. */
    public static CommandLine commandLine() {
        return new CommandLine(new Mehari())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    PrintWriter err = command.getErr();
                    err.println("mehari: " + (failure.getMessage() == null ? failure : failure.getMessage()));
                    err.flush();
                    return ExitCode.FAILED;
                });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command? See the list below.");
    }
}
