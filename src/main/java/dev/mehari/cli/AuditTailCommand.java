package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mehari audit tail}: calls as they end. */
@Command(
        name = "tail",
        description = "Shows the newest calls, and follows until interrupted; with --json one document a line.",
        mixinStandardHelpOptions = true)
final class AuditTailCommand extends AdminStreamCommand {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** Instances write at times of their own. */
    private static final Duration BACK = Duration.ofSeconds(5);

    private static final int REMEMBERED = 20_000;

    @Mixin
    private AuditCommand.Filters filters = new AuditCommand.Filters();

    @Option(names = "--lines", paramLabel = "N", description = "How many at first (default: ${DEFAULT-VALUE}).")
    private int lines = 10;

    @Option(names = "--rounds", hidden = true, description = "How often to look before it ends.")
    private int rounds = Integer.MAX_VALUE;

    private final Set<String> shown = new LinkedHashSet<>();
    private @Nullable Instant newest;

    @Override
    int run(AdminClient client, PrintWriter out, boolean json) throws AdminFailure {
        if (!json) {
            AuditText.head(out);
        }
        for (int round = 0; round < rounds && !Thread.currentThread().isInterrupted(); round++) {
            if (round > 0) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            Deque<JsonNode> fresh = fresh(client, round == 0);
            for (JsonNode event = fresh.pollLast(); event != null; event = fresh.pollLast()) {
                if (json) {
                    out.println(event);
                } else {
                    AuditText.print(event, out);
                }
            }
            out.flush();
        }
        return ExitCode.DONE;
    }

    /** What was not shown yet, newest first. */
    private Deque<JsonNode> fresh(AdminClient client, boolean first) throws AdminFailure {
        Deque<JsonNode> fresh = new ArrayDeque<>();
        String after = null;
        do {
            StringJoiner query = filters.query();
            Instant from = newest;
            if (from != null) {
                AuditCommand.add(query, "from", from.minus(BACK).toString());
            }
            AuditCommand.add(query, "limit", first ? Integer.toString(Math.max(1, lines)) : "1000");
            AuditCommand.add(query, "after", after);
            JsonNode page = client.get("/api/audit?" + query);
            for (JsonNode event : page.path("events")) {
                if (shown.add(event.path("chain") + ":" + event.path("sequence"))) {
                    fresh.add(event);
                }
            }
            after = first || newest == null ? null : page.path("next").textValue();
        } while (after != null);
        if (!fresh.isEmpty()) {
            newest = Instant.parse(fresh.getFirst().path("at").asText());
        }
        while (shown.size() > REMEMBERED) {
            shown.remove(shown.iterator().next());
        }
        return fresh;
    }
}
