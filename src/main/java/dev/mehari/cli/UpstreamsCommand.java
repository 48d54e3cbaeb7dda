package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mehari upstreams}: where requests go, in force on every instance within a second. */
@Command(
        name = "upstreams",
        description = "Shows and changes the upstreams of a running gateway.",
        mixinStandardHelpOptions = true,
        subcommands = {
            UpstreamsCommand.List.class,
            UpstreamsCommand.Show.class,
            UpstreamsCommand.Add.class,
            UpstreamsCommand.Edit.class,
            UpstreamsCommand.Remove.class,
            UpstreamsCommand.Enable.class,
            UpstreamsCommand.Disable.class,
            UpstreamsCommand.Events.class
        })
final class UpstreamsCommand implements Runnable {
    private static final String PATH = "/api/upstreams";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(), "Say list, show, add, edit, remove, enable, disable or events.");
        }
    }

    /** A command about one upstream. */
    private abstract static class OfOne extends AdminCommand {
        @Parameters(paramLabel = "NAME", description = "Name of the upstream.")
        private String name = "";

        String name() {
            return name;
        }

        String path() throws AdminFailure {
            return PATH + "/" + AdminClient.segment(name);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            UpstreamText.card(answer, out);
        }
    }

    /** {@code upstreams list}. */
    @Command(name = "list", description = "Prints the stored upstreams.", mixinStandardHelpOptions = true)
    static final class List extends AdminCommand {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get(PATH);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            UpstreamText.table(answer.path("upstreams"), out);
        }
    }

    /** {@code upstreams show NAME}. */
    @Command(name = "show", description = "Prints one upstream.", mixinStandardHelpOptions = true)
    static final class Show extends OfOne {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get(path());
        }
    }

    /** {@code upstreams add NAME --dialect DIALECT --base-url URL}. */
    @Command(
            name = "add",
            description = "Stores an upstream, which takes calls at once.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Add extends OfOne {
        @Mixin
        private final UpstreamFieldOptions fields = new UpstreamFieldOptions();

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            ObjectNode upstream = fields.json();
            if (!upstream.has("dialect") || !upstream.has("base_url")) {
                throw new AdminFailure("An upstream needs a --dialect and a --base-url.", true);
            }
            return client.post(PATH, upstream.put("name", name()));
        }
    }

    /** {@code upstreams edit NAME}. */
    @Command(
            name = "edit",
            description = "Changes what the options say of an upstream; the rest stays.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Edit extends OfOne {
        @Mixin
        private final UpstreamFieldOptions fields = new UpstreamFieldOptions();

        @Option(names = "--name", paramLabel = "NEW", description = "Its name from now on.")
        private @Nullable String newName;

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            ObjectNode changes = fields.json();
            if (newName != null) {
                changes.put("name", newName);
            }
            if (changes.isEmpty()) {
                throw new AdminFailure("Say what to change, such as --priority 10.", true);
            }
            return client.patch(path(), changes);
        }
    }

    /** {@code upstreams remove NAME}. */
    @Command(
            name = "remove",
            description = "Removes an upstream with its credentials, for good.",
            mixinStandardHelpOptions = true)
    static final class Remove extends OfOne {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.delete(path());
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Upstream " + answer.path("name").asText() + " is removed, with its credentials.");
        }
    }

    /** {@code upstreams enable NAME}. */
    @Command(name = "enable", description = "Lets calls go there again.", mixinStandardHelpOptions = true)
    static final class Enable extends OfOne {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.patch(path(), enabled(true));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Upstream " + answer.path("name").asText() + " is enabled.");
        }
    }

    /** {@code upstreams disable NAME}. */
    @Command(name = "disable", description = "Lets no new call go there.", mixinStandardHelpOptions = true)
    static final class Disable extends OfOne {
        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.patch(path(), enabled(false));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Upstream " + answer.path("name").asText() + " is disabled: no new call goes there.");
        }
    }

    private static ObjectNode enabled(boolean on) {
        return JsonNodeFactory.instance.objectNode().put("enabled", on);
    }

    /** {@code upstreams events}. */
    @Command(
            name = "events",
            description = "Prints what has happened to upstreams and credentials, latest first.",
            mixinStandardHelpOptions = true)
    static final class Events extends AdminCommand {
        @Option(names = "--upstream", paramLabel = "NAME", description = "Of this one only.")
        private String upstream = "";

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "100",
                description = "At most so many, up to 1000 (${DEFAULT-VALUE}).")
        private int limit;

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get("/api/events?limit=" + limit
                    + (upstream.isEmpty() ? "" : "&upstream=" + AdminClient.encoded(upstream)));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            UpstreamText.events(answer.path("events"), out);
        }
    }
}
