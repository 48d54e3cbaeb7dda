package dev.mehari.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code mehari} command; each subcommand is a class of its own. */
@Command(
        name = "mehari",
        description = "A relay gateway for shared LLM and HTTP APIs.",
        mixinStandardHelpOptions = true,
        versionProvider = MehariVersion.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the thing asked for failed",
            "2:wrong use or configuration",
            "141:whoever read the output has left"
        })
public final class Mehari implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run
    private CommandSpec spec;

    /** Runs the command that {@code args} name and ends the process with its exit code. */
    public static void main(String[] args) {
        StandardOutput out = new StandardOutput();
        CommandLine mehari = commandLine().setOut(out);
        System.exit(out.exitCode(mehari.execute(args), mehari.getErr()));
    }

    /** Returns the whole command line, ready to execute; tests give it their own writers. */
    public static CommandLine commandLine() {
        return new CommandLine(new Mehari())
                .addSubcommand(RunCommand.commandLine())
                .addSubcommand(new StatsCommand())
                .addSubcommand(new AlertsCommand())
                .addSubcommand(new MonitorCommand())
                .addSubcommand(new HealthCommand())
                .addSubcommand(new ConfigCommand())
                .addSubcommand(new KeysCommand())
                .addSubcommand(new UpstreamsCommand())
                .addSubcommand(new UsageCommand())
                .addSubcommand(new PricesCommand())
                .addSubcommand(new AuditCommand())
                .addSubcommand(new LeasesCommand())
                .addSubcommand(new QueueCommand())
                .addSubcommand(new BreakersCommand())
                .addSubcommand(new RoutesCommand())
                .addSubcommand(new PasswordCommand())
                .addSubcommand(new CredentialsCommand())
                .addSubcommand(new MasterKeyCommand())
                .addSubcommand(new BenchmarkCommand())
                .addSubcommand(new UpstreamCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, args) -> {
                    tell(wrong.getCommandLine(), wrong, List.of(args));
                    wrong.getCommandLine()
                            .getErr()
                            .println("Options and examples: "
                                    + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
                    return ExitCode.WRONG_USE;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    tell(command, failure, parsed.originalArgs());
                    return ExitCode.FAILED;
                });
    }

    /** Says on standard error what went wrong; with {@code --json} also as the one document on standard output. */
    private static void tell(CommandLine command, Exception failure, List<String> args) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        command.getErr().println("mehari: " + message);
        if (args.contains("--json")) {
            JsonOutput.print(command.getOut(), Map.of("error", message));
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Which command? One of: " + String.join(", ", spec.subcommands().keySet()));
    }
}
