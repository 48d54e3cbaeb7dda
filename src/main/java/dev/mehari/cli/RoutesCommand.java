package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.app.RoutesCheck;
import dev.mehari.config.Configuration;
import dev.mehari.config.Settings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mehari routes}: the files that say what happens to a request. */
@Command(
        name = "routes",
        description = "Shows, checks and puts in force the files that say what happens to a request.",
        mixinStandardHelpOptions = true,
        subcommands = {RoutesCommand.List.class, RoutesCommand.Check.class, RoutesCommand.Reload.class})
final class RoutesCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "Say list, check or reload.");
        }
    }

    private static void problems(JsonNode answer, PrintWriter out) {
        for (JsonNode problem : answer.path("problems")) {
            String where =
                    problem.path("file").isNull() ? "" : problem.path("file").asText();
            if (!problem.path("line").isNull()) {
                where += ":" + problem.path("line").asInt();
            }
            out.println(
                    where.isEmpty()
                            ? problem.path("message").asText()
                            : where + ": " + problem.path("message").asText());
        }
    }

    private static String changed(JsonNode answer) {
        return StreamSupport.stream(answer.path("changed").spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining(", "));
    }

    /** {@code routes list}. */
    @Command(
            name = "list",
            description = "Shows the files in force, and versions that requests have still to end on.",
            mixinStandardHelpOptions = true)
    static final class List extends AdminCommand {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get("/api/routes");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.printf(
                    "version %d from %s%s%n",
                    answer.path("version").asInt(),
                    answer.path("folder").asText(),
                    answer.path("watched").asBoolean() ? ", watched" : "");
            for (JsonNode file : answer.path("files")) {
                out.printf(
                        Locale.ROOT,
                        "%-34s %-8s since version %d, %s%n",
                        file.path("file").asText(),
                        file.path("state").asText(),
                        file.path("version").asInt(),
                        file.path("loaded_at").asText());
            }
            for (JsonNode older : answer.path("older")) {
                out.printf(
                        Locale.ROOT,
                        "version %d: %d requests have still to end on it%n",
                        older.path("version").asInt(),
                        older.path("in_flight").asLong());
            }
            problems(answer, out);
        }

        @Override
        boolean isDone(JsonNode answer) {
            return true;
        }
    }

    /** {@code routes check [DIR]}. */
    @Command(
            name = "check",
            description = {
                "Says whether files with routes can be used, and changes nothing.",
                "With a folder no gateway is needed; without, the one that runs checks its own folder."
            },
            mixinStandardHelpOptions = true)
    static final class Check extends AdminCommand {
        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "DIR",
                description = "Folder with the *.camel.yaml files.")
        private @Nullable Path folder;

        @Override
        JsonNode ask() throws AdminFailure {
            Path given = folder;
            return given == null ? super.ask() : offline(given);
        }

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.post("/api/routes/check", null);
        }

        @SuppressWarnings("PMD.AvoidCatchingGenericException") // whatever it is, the check has failed
        private static JsonNode offline(Path folder) throws AdminFailure {
            if (!Files.isDirectory(folder)) {
                throw new AdminFailure(folder + " is not a folder: name the one with the *.camel.yaml files", true);
            }
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            ArrayNode problems = JsonNodeFactory.instance.arrayNode();
            try {
                for (RoutesCheck.Finding found : RoutesCheck.problems(folder, Configuration.from(Settings.of()))) {
                    ObjectNode problem = problems.addObject().put("file", found.file());
                    if (found.line() > 0) {
                        problem.put("line", found.line());
                    } else {
                        problem.putNull("line");
                    }
                    problem.put("message", found.message());
                }
            } catch (Exception failed) {
                throw new AdminFailure("cannot check " + folder + ": " + failed.getMessage(), false);
            }
            answer.put("outcome", problems.isEmpty() ? "usable" : "refused");
            answer.set("problems", problems);
            return answer;
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            problems(answer, out);
            if (isDone(answer)) {
                String files = changed(answer);
                out.println(files.isEmpty() ? "The routes can be used." : "The routes can be used; changed: " + files);
            }
        }

        @Override
        boolean isDone(JsonNode answer) {
            return !"refused".equals(answer.path("outcome").asText());
        }
    }

    /** {@code routes reload}. */
    @Command(
            name = "reload",
            description = "Puts the files in force as they are now; when they cannot be used, nothing changes.",
            mixinStandardHelpOptions = true)
    static final class Reload extends AdminCommand {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.post("/api/routes/reload", null);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            problems(answer, out);
            String version = "version " + answer.path("version").asInt();
            switch (answer.path("outcome").asText()) {
                case "swapped" -> out.println(version + " is in force; changed: " + changed(answer));
                case "unchanged" -> out.println("Nothing has changed; " + version + " is in force.");
                default -> out.println(version + " stays in force.");
            }
        }

        @Override
        boolean isDone(JsonNode answer) {
            return !"refused".equals(answer.path("outcome").asText());
        }
    }
}
