package dev.mehari.cli;

import dev.mehari.app.Gateway;
import dev.mehari.config.Configuration;
import dev.mehari.config.ConfigurationException;
import dev.mehari.config.FileVariables;
import dev.mehari.config.Layer;
import dev.mehari.config.RunFlag;
import dev.mehari.config.Settings;
import dev.mehari.storage.StorageStartException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** {@code mehari run}: starts the gateway and keeps it running until the process is told to stop. */
@Command(
        name = "run",
        description = "Run the gateway. With nothing configured everything it needs is started with it.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunCommand implements CommandLine.IExitCodeGenerator, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    private static final String INITIAL_KEY = "MEHARI_INITIAL_KEY";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file; config/application.properties lists its keys.")
    private @Nullable Path config;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run
    private CommandSpec spec;

    @Mixin
    private JsonOutput json = new JsonOutput();

    private int exitCode = ExitCode.DONE;

    /** The command with one option for each {@link RunFlag}, so that flags are named in one place. */
    static CommandLine commandLine() {
        CommandLine command = new CommandLine(new RunCommand());
        for (RunFlag flag : RunFlag.ALL) {
            OptionSpec.Builder option = OptionSpec.builder(flag.flag()).description("Sets " + flag.key() + ".");
            boolean isSwitch = flag.kind() == RunFlag.Kind.SWITCH || flag.kind() == RunFlag.Kind.SWITCH_OFF;
            command.getCommandSpec()
                    .addOption(
                            isSwitch
                                    ? option.type(boolean.class).arity("0").build()
                                    : option.type(String.class)
                                            .arity("1")
                                            .paramLabel("VALUE")
                                            .build());
        }
        return command;
    }

    @Override
    public int getExitCode() {
        return exitCode;
    }

    @Override
    public void run() {
        try {
            Settings settings = settings();
            Configuration configuration = Configuration.from(settings);
            logSettings(settings);
            String initialKey = FileVariables.value(System.getenv(), INITIAL_KEY);
            Gateway gateway = start(new Gateway.Options(
                    configuration, routesFolder(configuration.routes().dir()), initialKey));
            Greeting greeting = new Greeting(gateway, configuration, isInFile(initialKey));
            if (json.isOn()) {
                JsonOutput.print(spec.commandLine().getOut(), greeting.document());
            } else {
                greeting.print(spec.commandLine().getOut());
            }
            new CountDownLatch(1).await(); // until a signal ends the process
        } catch (ConfigurationException | StorageStartException refused) {
            fail(refused.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            fail(StartFailures.explain(e));
        }
    }

    /** Once, and only what is not as it is by default; secrets are masked. */
    private static void logSettings(Settings settings) {
        LOG.info("Settings that differ from their defaults: {}", String.join(", ", settings.changed()));
    }

    private void fail(@Nullable String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("mehari: " + message);
        err.flush();
        exitCode = ExitCode.WRONG_USE;
    }

    private static boolean isInFile(@Nullable String initialKey) {
        String itself = System.getenv(INITIAL_KEY);
        return initialKey != null && (itself == null || itself.isBlank());
    }

    // A signal that comes too early waits for the start to end, so that the embedded database never stays behind.
    private static Gateway start(Gateway.Options options) throws Exception {
        CompletableFuture<Gateway> started = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started), "mehari-stop"));
        try {
            Gateway gateway = Gateway.start(options);
            started.complete(gateway);
            return gateway;
        } finally {
            started.cancel(false); // changes nothing once it is complete
        }
    }

    private static void stop(CompletableFuture<Gateway> started) {
        Gateway gateway = started.handle((done, failedAndClosedItself) -> done).join();
        if (gateway != null) {
            gateway.close();
        }
    }

    private Settings settings() {
        List<Layer> layers = new ArrayList<>();
        layers.add(Layer.properties(
                "launcher", Map.of("mehari.data.dir", LauncherFolder.data().toString())));
        String named = System.getenv("MEHARI_CONFIG");
        Path beside = LauncherFolder.find("config/application.properties");
        if (config != null) {
            layers.add(Layer.file(config));
        } else if (named != null && !named.isBlank()) {
            layers.add(Layer.file(Path.of(named.strip())));
        } else if (beside != null && Files.isRegularFile(beside)) {
            layers.add(Layer.file(beside));
        }
        layers.add(Layer.environment(System.getenv()));
        layers.add(Layer.flags(flags(spec.commandLine().getParseResult())));
        return Settings.of(layers.toArray(Layer[]::new));
    }

    private static Map<String, String> flags(ParseResult parsed) {
        Map<String, String> flags = new HashMap<>();
        for (RunFlag flag : RunFlag.ALL) {
            if (parsed.hasMatchedOption(flag.flag())) {
                flags.put(flag.flag(), String.valueOf((Object) parsed.matchedOptionValue(flag.flag(), "")));
            }
        }
        return flags;
    }

    // Not the real path: a link may come to point to another folder while the gateway runs.
    private static @Nullable Path routesFolder(@Nullable Path routes) {
        if (routes != null) {
            if (!Files.isDirectory(routes)) {
                throw new ConfigurationException(List.of(
                        "--routes " + routes + " is not a folder: name the folder with the *.camel.yaml files"));
            }
            return routes.toAbsolutePath();
        }
        Path beside = LauncherFolder.find("routes");
        return beside != null && Files.isDirectory(beside) ? beside.toAbsolutePath() : null;
    }
}
