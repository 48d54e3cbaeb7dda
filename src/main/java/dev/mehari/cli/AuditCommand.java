package dev.mehari.cli;

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
            AuditKeyCommand.class,
            AuditBodiesCommand.class,
            AuditBodyCommand.class,
            AuditForgetCommand.class,
            AuditReadingsCommand.class
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

        /** As a query; refuses an empty filter. */
        AdminQuery query() throws AdminFailure {
            return query(from);
        }

        /** The same with {@code since} in the place of {@code --from}. */
        AdminQuery query(@Nullable String since) throws AdminFailure {
            return new AdminQuery()
                    .with("from", since)
                    .with("to", to)
                    .with("key", key)
                    .with("upstream", upstream)
                    .with("credential", credential)
                    .with("model", model)
                    .with("status", status)
                    .with("outcome", outcome)
                    .with("request", request)
                    .with("trace", trace);
        }
    }
}
