package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mehari prices}: what tokens cost, in force on all instances within a second. */
@Command(
        name = "prices",
        description = "Shows and changes what models cost, in USD per million tokens.",
        mixinStandardHelpOptions = true,
        subcommands = {PricesCommand.List.class, PricesCommand.Set.class, PricesCommand.Delete.class})
final class PricesCommand implements Runnable {
    private static final String ROW = "%-40s %12s %12s %12s %12s%n";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "Say list, set or delete.");
        }
    }

    private static String path(String model) throws AdminFailure {
        return "/api/prices/" + AdminClient.segment(model);
    }

    private static void printRow(JsonNode price, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                ROW,
                price.path("model").asText(),
                price.path("input").asText(),
                price.path("cached_input").asText(),
                price.path("cache_write").asText(),
                price.path("output").asText());
    }

    private static void printHead(PrintWriter out) {
        out.printf(Locale.ROOT, ROW, "model", "input", "cached input", "cache write", "output");
    }

    /** {@code prices list}. */
    @Command(name = "list", description = "Prints all prices.", mixinStandardHelpOptions = true)
    static final class List extends AdminCommand {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get("/api/prices");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            printHead(out);
            answer.path("prices").forEach(price -> printRow(price, out));
        }
    }

    /** {@code prices set MODEL --input USD --output USD}. */
    @Command(name = "set", description = "Sets the price of a model, or of many.", mixinStandardHelpOptions = true)
    static final class Set extends AdminCommand {
        @Parameters(paramLabel = "MODEL", description = "Such as my-model-1, or 'my-model-*' (quoted).")
        private String model = "";

        @Option(names = "--input", required = true, paramLabel = "USD", description = "Per million tokens.")
        private String input = "";

        @Option(names = "--output", required = true, paramLabel = "USD", description = "Per million tokens.")
        private String output = "";

        @Option(names = "--cached-input", paramLabel = "USD", description = "Read from a cache (default: as input).")
        private @Nullable String cachedInput;

        @Option(names = "--cache-write", paramLabel = "USD", description = "Written to a cache (default: as input).")
        private @Nullable String cacheWrite;

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            ObjectNode price =
                    JsonNodeFactory.instance.objectNode().put("input", input).put("output", output);
            if (cachedInput != null) {
                price.put("cached_input", cachedInput);
            }
            if (cacheWrite != null) {
                price.put("cache_write", cacheWrite);
            }
            return client.put(path(model), price);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            printHead(out);
            printRow(answer, out);
        }
    }

    /** {@code prices delete MODEL}. */
    @Command(name = "delete", description = "Takes a price away.", mixinStandardHelpOptions = true)
    static final class Delete extends AdminCommand {
        @Parameters(paramLabel = "MODEL", description = "As prices list shows it.")
        private String model = "";

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.delete(path(model));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println(answer.path("model").asText() + " has no price");
        }
    }
}
