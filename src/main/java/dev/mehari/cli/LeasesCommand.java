package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mehari leases}: calls under way that count against keys' limits. */
@Command(
        name = "leases",
        description = "Shows keys' calls under way, and takes their slots back.",
        mixinStandardHelpOptions = true,
        subcommands = {LeasesCommand.List.class, LeasesCommand.Return.class})
final class LeasesCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "Say list or return.");
        }
    }

    /** {@code leases list [--key ID]}. */
    @Command(name = "list", description = "Lists calls under way, by key.", mixinStandardHelpOptions = true)
    static final class List extends AdminCommand {
        @Option(names = "--key", paramLabel = "ID", description = "Of this key only.")
        private String key = "";

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get(key.isEmpty() ? "/api/leases" : "/api/leases?key=" + AdminClient.encoded(key));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            for (JsonNode each : answer.path("keys")) {
                out.printf(
                        Locale.ROOT,
                        "key %s: %d under way%n",
                        each.path("key_id").asText(),
                        each.path("active").asLong());
            }
            for (JsonNode lease : answer.path("leases")) {
                out.printf(
                        Locale.ROOT,
                        "  lease %-12s key %-8s instance %-6s calls %-4d since %s, until %s%n",
                        lease.path("id").asText(),
                        lease.path("key_id").asText(),
                        lease.path("owner").asText(),
                        lease.path("calls").asInt(),
                        lease.path("granted_at").asText(),
                        lease.path("expires_at").asText());
            }
            if (answer.path("keys").isEmpty()) {
                out.println("no calls under way");
            }
        }
    }

    /** {@code leases return --key ID} or {@code --lease ID}. */
    @Command(
            name = "return",
            description = "Takes a key's leases back, or one lease; the calls that hold them end.",
            mixinStandardHelpOptions = true)
    static final class Return extends AdminCommand {
        @ArgGroup(multiplicity = "1")
        private What what = new What();

        /** One of the two. */
        static final class What {
            @Option(names = "--key", required = true, paramLabel = "ID", description = "All of this key.")
            private String key = "";

            @Option(names = "--lease", required = true, paramLabel = "ID", description = "This one.")
            private String lease = "";
        }

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.delete(
                    what.lease.isEmpty()
                            ? "/api/keys/" + AdminClient.segment(what.key) + "/leases"
                            : "/api/leases/" + AdminClient.segment(what.lease));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.printf(Locale.ROOT, "returned %d%n", answer.path("returned").asLong());
        }
    }
}
