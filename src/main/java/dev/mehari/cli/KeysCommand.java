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
import picocli.CommandLine.Spec;

/** {@code mehari keys}: callers' keys, in force on every instance within a second. */
@Command(
        name = "keys",
        description = "Makes, shows and changes callers' keys on a running gateway.",
        mixinStandardHelpOptions = true,
        subcommands = {
            KeysCommand.Create.class,
            KeysCommand.List.class,
            KeysCommand.Show.class,
            KeysCommand.Edit.class,
            KeysCommand.Disable.class,
            KeysCommand.Enable.class,
            KeysCommand.Delete.class,
            KeysCommand.Restore.class,
            KeysCommand.Purge.class
        })
final class KeysCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(), "Say create, list, show, edit, disable, enable, delete, restore or purge.");
        }
    }

    /** {@code 12 (alice)}. */
    private static String named(JsonNode key) {
        return key.path("id").asText() + " (" + key.path("name").asText() + ")";
    }

    /** {@code keys create --name NAME}. */
    @Command(
            name = "create",
            description = "Makes a key and prints its text, which nobody can see again.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Create extends AdminCommand {
        @Mixin
        private final KeyFieldOptions fields = new KeyFieldOptions();

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            ObjectNode key = fields.json();
            if (!key.has("name")) {
                throw new AdminFailure("A key needs a --name.", true);
            }
            return client.post("/api/keys", key);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Made key " + named(answer) + ". Keep its text; it is not shown again.");
            out.println("API key: " + answer.path("key").asText());
        }
    }

    /** {@code keys list}. */
    @Command(name = "list", description = "Prints the keys that are not deleted.", mixinStandardHelpOptions = true)
    static final class List extends AdminCommand {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "Only those that are active, disabled, expired or deleted; or all.")
        private @Nullable String state;

        @Option(names = "--all", description = "Deleted ones too, the same as --state all.")
        private boolean all;

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            String asked = all ? "all" : state;
            return client.get(asked == null ? "/api/keys" : "/api/keys?state=" + AdminClient.encoded(asked));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            KeyText.table(answer.path("keys"), out);
        }
    }

    /** {@code keys show KEY}. */
    @Command(name = "show", description = "Prints one key, without its text.", mixinStandardHelpOptions = true)
    static final class Show extends KeyCommand {
        @Override
        JsonNode ask(AdminClient client, String path) throws AdminFailure {
            return client.get(path);
        }
    }

    /** {@code keys edit KEY}. */
    @Command(
            name = "edit",
            description = "Changes what the options say of a key; the rest stays.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Edit extends KeyCommand {
        @Mixin
        private final KeyFieldOptions fields = new KeyFieldOptions();

        @Override
        JsonNode ask(AdminClient client, String path) throws AdminFailure {
            ObjectNode changes = fields.json();
            if (changes.isEmpty()) {
                throw new AdminFailure("Say what to change, such as --concurrency 5.", true);
            }
            return client.patch(path, changes);
        }
    }

    /** Turns a key on or off. */
    private abstract static class Switch extends KeyCommand {
        private final boolean on;

        Switch(boolean on) {
            this.on = on;
        }

        @Override
        final JsonNode ask(AdminClient client, String path) throws AdminFailure {
            return client.patch(path, JsonNodeFactory.instance.objectNode().put("enabled", on));
        }

        @Override
        final void print(JsonNode answer, PrintWriter out) {
            out.println("Key " + named(answer) + (on ? " is enabled." : " is disabled: it gets 401 from now on."));
        }
    }

    /** {@code keys disable KEY}. */
    @Command(name = "disable", description = "Refuses a key until it is enabled.", mixinStandardHelpOptions = true)
    static final class Disable extends Switch {
        Disable() {
            super(false);
        }
    }

    /** {@code keys enable KEY}. */
    @Command(name = "enable", description = "Takes a key again that was disabled.", mixinStandardHelpOptions = true)
    static final class Enable extends Switch {
        Enable() {
            super(true);
        }
    }

    /** {@code keys delete KEY}. */
    @Command(name = "delete", description = "Deletes a key; it can be restored.", mixinStandardHelpOptions = true)
    static final class Delete extends KeyCommand {
        @Override
        JsonNode ask(AdminClient client, String path) throws AdminFailure {
            return client.delete(path);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Key " + named(answer) + " is deleted: it gets 401 from now on. `mehari keys restore "
                    + answer.path("id").asText() + "` takes that back, `mehari keys purge` removes it for good.");
        }
    }

    /** {@code keys restore KEY}. */
    @Command(name = "restore", description = "Takes the deletion of a key back.", mixinStandardHelpOptions = true)
    static final class Restore extends KeyCommand {
        @Override
        boolean meansDeleted() {
            return true;
        }

        @Override
        JsonNode ask(AdminClient client, String path) throws AdminFailure {
            return client.post(path + "/restore", null);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Key " + named(answer) + " is restored and "
                    + answer.path("state").asText() + ".");
        }
    }

    /** {@code keys purge KEY}. */
    @Command(name = "purge", description = "Removes a deleted key for good.", mixinStandardHelpOptions = true)
    static final class Purge extends KeyCommand {
        @Override
        boolean meansDeleted() {
            return true;
        }

        @Override
        JsonNode ask(AdminClient client, String path) throws AdminFailure {
            return client.delete(path + "/purge");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Key " + named(answer) + " is removed for good.");
        }
    }
}
