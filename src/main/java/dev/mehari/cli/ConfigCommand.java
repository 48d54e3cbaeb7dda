package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mehari config}: live settings, in force within a second and without a restart. */
@Command(
        name = "config",
        description = "Shows and changes live settings of a running gateway.",
        mixinStandardHelpOptions = true,
        subcommands = {ConfigCommand.Get.class, ConfigCommand.Set.class, ConfigCommand.List.class})
final class ConfigCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "Say get, set or list.");
        }
    }

    private static String path(String key) throws AdminFailure {
        return "/api/settings/" + AdminClient.segment(key);
    }

    /** {@code config get KEY}. */
    @Command(name = "get", description = "Prints the value of one setting.", mixinStandardHelpOptions = true)
    static final class Get extends AdminCommand {
        @Parameters(paramLabel = "KEY", description = "Such as proxy.max_concurrent.")
        private String key = "";

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get(path(key));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println(answer.path("value").asText());
        }
    }

    /** {@code config set KEY VALUE}. */
    @Command(name = "set", description = "Changes one setting.", mixinStandardHelpOptions = true)
    static final class Set extends AdminCommand {
        @Parameters(index = "0", paramLabel = "KEY", description = "Such as proxy.max_concurrent.")
        private String key = "";

        @Parameters(index = "1", paramLabel = "VALUE", description = "Such as 50, or 5s for a time.")
        private String value = "";

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.put(path(key), JsonNodeFactory.instance.objectNode().put("value", value));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println(
                    answer.path("key").asText() + " = " + answer.path("value").asText());
        }
    }

    /** {@code config list}. */
    @Command(name = "list", description = "Prints all settings.", mixinStandardHelpOptions = true)
    static final class List extends AdminCommand {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get("/api/settings");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            for (JsonNode setting : answer.path("settings")) {
                out.printf(
                        Locale.ROOT,
                        "%-26s %-12s %s (default %s)%n",
                        setting.path("key").asText(),
                        setting.path("value").asText(),
                        setting.path("description").asText(),
                        setting.path("default").asText());
            }
        }
    }
}
