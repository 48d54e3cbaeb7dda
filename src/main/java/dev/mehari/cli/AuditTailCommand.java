package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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

    private static final int PAGE = 1_000;
    private static final int REMEMBERED = 20_000;

    @Mixin
    private AuditCommand.Filters filters = new AuditCommand.Filters();

    @Option(names = "--lines", paramLabel = "N", description = "How many at first (default: ${DEFAULT-VALUE}).")
    private int lines = 10;

    @Option(names = "--rounds", hidden = true, description = "How often to look before it ends.")
    private int rounds = Integer.MAX_VALUE;

    private final Set<String> shown = new LinkedHashSet<>();
    private @Nullable Instant newest;
    private boolean unanswered;

    @Override
    int run(AdminClient client, PrintWriter out, boolean json) throws AdminFailure {
        if (lines < 0 || lines > PAGE) {
            throw new AdminFailure("--lines must be from 0 to " + PAGE, true);
        }
        if (!json) {
            EventText.head(out);
        }
        for (int round = 0; round < rounds && !Thread.currentThread().isInterrupted() && !out.checkError(); round++) {
            if (round > 0) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            List<JsonNode> fresh = round == 0 ? first(client) : freshOnceAnswered(client);
            for (int i = fresh.size() - 1; i >= 0; i--) {
                if (json) {
                    out.println(fresh.get(i));
                } else {
                    EventText.print(fresh.get(i), out);
                }
            }
            out.flush();
        }
        return ExitCode.DONE;
    }

    /** What was not shown yet, newest first; nothing while there is no answer, which it says when that begins and ends. */
    private List<JsonNode> freshOnceAnswered(AdminClient client) throws AdminFailure {
        try {
            List<JsonNode> fresh = fresh(client);
            if (unanswered) {
                tell("The gateway answers again.");
                unanswered = false;
            }
            return fresh;
        } catch (AdminFailure failure) {
            if (!failure.mayPass()) {
                throw failure;
            }
            if (!unanswered) {
                tell(failure.getMessage() + " Asking again each second.");
                unanswered = true;
            }
            return List.of();
        }
    }

    /** The last {@code lines}, newest first. */
    private List<JsonNode> first(AdminClient client) throws AdminFailure {
        List<JsonNode> found = new ArrayList<>();
        page(client, filters.query(), Math.max(1, lines), null, found);
        begin(client, found);
        return lines == 0 ? List.of() : found;
    }

    /** What was not shown yet, newest first. */
    private List<JsonNode> fresh(AdminClient client) throws AdminFailure {
        Instant from = newest;
        List<JsonNode> found = new ArrayList<>();
        if (from == null) {
            page(client, filters.query(), PAGE, null, found);
            begin(client, found);
            return found;
        }
        window(client, from, found);
        found.removeIf(event -> !isNew(event));
        if (!found.isEmpty() && at(found.get(0)).isAfter(from)) {
            newest = at(found.get(0));
        }
        while (shown.size() > REMEMBERED) {
            shown.remove(shown.iterator().next());
        }
        return found;
    }

    /** Takes what is shortly before the first events for shown: it was not asked for. */
    private void begin(AdminClient client, List<JsonNode> found) throws AdminFailure {
        if (found.isEmpty()) {
            return;
        }
        Instant first = at(found.get(0));
        List<JsonNode> around = new ArrayList<>(found);
        window(client, first, around);
        around.removeIf(event -> at(event).isAfter(first));
        around.forEach(this::isNew);
        newest = first;
    }

    private void window(AdminClient client, Instant since, List<JsonNode> found) throws AdminFailure {
        String after = null;
        do {
            after = page(client, filters.query(since.minus(BACK).toString()), PAGE, after, found);
        } while (after != null);
    }

    /** Adds a page to {@code found}; returns where the next begins, null when there is none. */
    private static @Nullable String page(
            AdminClient client, AdminQuery query, int limit, @Nullable String after, List<JsonNode> found)
            throws AdminFailure {
        JsonNode page = client.get(
                "/api/audit" + query.with("limit", Integer.toString(limit)).with("after", after));
        page.path("events").forEach(found::add);
        return page.path("next").textValue();
    }

    private boolean isNew(JsonNode event) {
        return shown.add(event.path("chain") + ":" + event.path("sequence"));
    }

    private static Instant at(JsonNode event) {
        return Instant.parse(event.path("at").asText());
    }
}
