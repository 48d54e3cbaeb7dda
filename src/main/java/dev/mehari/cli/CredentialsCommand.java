package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mehari credentials}: what Mehari authenticates itself with at upstreams, in force on every instance within a second. */
@Command(
        name = "credentials",
        description = "Keeps, shows and changes the credentials for upstreams on a running gateway.",
        mixinStandardHelpOptions = true,
        subcommands = {
            CredentialImportCommand.class,
            CredentialExportCommand.class,
            CredentialsCommand.List.class,
            CredentialsCommand.Show.class,
            CredentialsCommand.Add.class,
            CredentialsCommand.Edit.class,
            CredentialSwitches.Remove.class,
            CredentialSwitches.Enable.class,
            CredentialSwitches.Disable.class,
            CredentialSwitches.Release.class,
            CredentialSwitches.Test.class,
            CredentialSwitches.Refresh.class,
            BenchRulesCommand.class
        })
final class CredentialsCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Say " + String.join(", ", spec.subcommands().keySet()) + ".");
        }
    }

    /** {@code credentials list}. */
    @Command(name = "list", description = "Prints credentials, without their secrets.", mixinStandardHelpOptions = true)
    static final class List extends AdminCommand {
        @Option(names = "--upstream", paramLabel = "NAME", description = "Only those of this upstream.")
        private @Nullable String upstream;

        @Option(
                names = "--status",
                paramLabel = "STATUS",
                description = "Only those that are enabled, disabled, usable, benched, trial, refreshing or sealed.")
        private @Nullable String status;

        @Option(
                names = "--error",
                paramLabel = "STATUS",
                description = "Only those whose last error was this, e.g. 401.")
        private @Nullable String error;

        @Option(names = "--cooldown", description = "Only those that are left alone for now, also for one model.")
        private boolean cooldown;

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            return client.get("/api/credentials"
                    + new AdminQuery()
                            .with("upstream", upstream)
                            .with("status", status)
                            .with("error", error)
                            .with("cooldown", cooldown ? "true" : null));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            CredentialText.table(answer.path("credentials"), out);
        }
    }

    /** {@code credentials show CREDENTIAL}. */
    @Command(name = "show", description = "Prints one, without its secret.", mixinStandardHelpOptions = true)
    static final class Show extends CredentialCommand {
        @Override
        JsonNode ask(AdminClient client, String path) throws AdminFailure {
            return client.get(path);
        }
    }

    /** {@code credentials add --upstream NAME --name NAME --secret-file FILE}. */
    @Command(
            name = "add",
            description =
                    "Keeps a credential, sealed. Its secret is read from a file, standard input or the environment.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Add extends AdminCommand {
        private final SecretOptions secrets;

        @Option(names = "--upstream", required = true, paramLabel = "NAME", description = "Where it is used.")
        private String upstream = "";

        @Option(names = "--kind", paramLabel = "KIND", description = "api-key (default), bearer, oauth or header.")
        private @Nullable String kind;

        @Mixin
        private final CredentialFieldOptions fields = new CredentialFieldOptions();

        Add() {
            this(System.getenv(), System.in);
        }

        Add(Map<String, String> environment, InputStream in) {
            super(environment);
            secrets = new SecretOptions(environment, in);
        }

        @Override
        JsonNode ask(AdminClient client) throws AdminFailure {
            ObjectNode credential = fields.json(secrets).put("upstream", upstream);
            if (kind != null) {
                credential.put("kind", kind);
            }
            return client.post("/api/credentials", credential);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Credential " + CredentialCommand.named(answer) + " is kept.");
        }
    }

    /** {@code credentials edit CREDENTIAL}. */
    @Command(
            name = "edit",
            description = "Changes what the options say; the rest stays.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Edit extends CredentialCommand {
        private final SecretOptions secrets;

        @Mixin
        private final CredentialFieldOptions fields = new CredentialFieldOptions();

        Edit() {
            this(System.getenv(), System.in);
        }

        Edit(Map<String, String> environment, InputStream in) {
            super(environment);
            secrets = new SecretOptions(environment, in);
        }

        @Override
        JsonNode ask(AdminClient client, String path) throws AdminFailure {
            ObjectNode changes = fields.json(secrets);
            if (changes.isEmpty()) {
                throw new AdminFailure("Say what to change, such as --weight 5.", true);
            }
            return client.patch(path, changes);
        }
    }
}
