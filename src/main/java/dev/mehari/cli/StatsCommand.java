package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code mehari stats}: what {@code /proxy-metrics} says, in one screen. */
@Command(name = "stats", description = "Shows what a running gateway is doing.", mixinStandardHelpOptions = true)
final class StatsCommand extends AdminCommand {
    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        return client.get("/api/stats");
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        JsonNode metrics = answer.path("metrics");
        long total = metrics.path("total_requests").asLong();
        long rejected = metrics.path("rejected_requests").asLong();
        line(out, "status", answer.path("status").asText());
        line(out, "current", number(metrics, "active_requests") + " / " + number(metrics, "max_concurrent"));
        line(out, "queued", number(metrics, "queued_requests"));
        line(out, "total", Long.toString(total));
        line(out, "rejected", String.format(Locale.ROOT, "%d (%.1f %%)", rejected, percent(rejected, total)));
        line(out, "failed", number(metrics, "failed_requests"));
        line(out, "cancelled", number(metrics, "cancelled"));
        line(out, "success", number(metrics, "success_rate") + " %");
        line(out, "RPS", number(metrics, "current_rps"));
        line(
                out,
                "latency",
                "p50 " + number(metrics, "p50") + " ms, p95 " + number(metrics, "p95") + " ms, p99 "
                        + number(metrics, "p99") + " ms");
        for (JsonNode alert : answer.path("alerts")) {
            line(out, "ALERT", alert.path("text").asText());
        }
    }

    private static String number(JsonNode metrics, String name) {
        return metrics.path(name).asText("?");
    }

    private static double percent(long part, long whole) {
        return whole == 0 ? 0 : 100.0 * part / whole;
    }

    private static void line(PrintWriter out, String name, String value) {
        out.printf(Locale.ROOT, "%-10s %s%n", name, value);
    }
}
