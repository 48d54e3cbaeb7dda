package dev.mehari.cli;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mehari audit}: what happened, and the proof that it is whole. */
@Command(
        name = "audit",
        description = "Shows what happened, and proves that nothing of it is missing or changed.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AuditSearchCommand.class,
            AuditTailCommand.class,
            AuditExportCommand.class,
            AuditVerifyCommand.class,
            AuditKeyCommand.class
        })
final class AuditCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Which? One of: " + String.join(", ", spec.subcommands().keySet()));
        }
    }

    /** What to look for. */
    static final class Filters {
        @Option(names = "--from", paramLabel = "TIME", description = "From then on, such as 2026-01-31T12:00:00Z.")
        private @Nullable String from;

        @Option(names = "--to", paramLabel = "TIME", description = "Before then.")
        private @Nullable String to;

        @Option(names = "--key", paramLabel = "ID", description = "Of this key; 0 for calls without a valid one.")
        private @Nullable String key;

        @Option(names = "--upstream", paramLabel = "NAME", description = "That went there.")
        private @Nullable String upstream;

        @Option(names = "--credential", paramLabel = "ID", description = "That were made with it.")
        private @Nullable String credential;

        @Option(names = "--model", paramLabel = "MODEL", description = "For this model.")
        private @Nullable String model;

        @Option(names = "--status", paramLabel = "STATUS", description = "Such as 429 or 4xx.")
        private @Nullable String status;

        @Option(names = "--outcome", paramLabel = "OUTCOME", description = "success, failure, refused or cancelled.")
        private @Nullable String outcome;

        @Option(names = "--request", paramLabel = "ID", description = "X-Request-Id.")
        private @Nullable String request;

        @Option(names = "--trace", paramLabel = "ID", description = "Trace, 32 hex digits.")
        private @Nullable String trace;

        /** As a query, without its question mark. */
        StringJoiner query() {
            return query(from);
        }

        /** The same with {@code since} in the place of {@code --from}. */
        StringJoiner query(@Nullable String since) {
            StringJoiner query = new StringJoiner("&");
            add(query, "from", since);
            add(query, "to", to);
            add(query, "key", key);
            add(query, "upstream", upstream);
            add(query, "credential", credential);
            add(query, "model", model);
            add(query, "status", status);
            add(query, "outcome", outcome);
            add(query, "request", request);
            add(query, "trace", trace);
            return query;
        }
    }

    static void add(StringJoiner query, String name, @Nullable String value) {
        if (value != null) {
            query.add(name + "=" + AdminClient.segment(value));
        }
    }
}
