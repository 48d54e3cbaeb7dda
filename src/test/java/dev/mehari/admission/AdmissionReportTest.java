package dev.mehari.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.admission.AdmissionSimulation.Ask;
import dev.mehari.admission.AdmissionSimulation.Calls;
import dev.mehari.admission.AdmissionSimulation.Sender;
import dev.mehari.failure.GatewayBusy.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The rules of admission as numbers: {@code docs/admission-report.md} is what the simulation says now. After a change of
 * the rules run it with {@code -Dadmission.report=write}, read the difference, and commit it.
 */
class AdmissionReportTest {
    private static final Path REPORT = Path.of("docs", "admission-report.md");
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final AdmissionLimits TEN = new AdmissionLimits(10, 200, TIMEOUT);
    private static final double SECONDS = 120;

    private final StringBuilder report = new StringBuilder();
    private int late;

    // row 10
    @Test
    void the_committed_report_is_what_the_rules_do() throws IOException {
        write();
        if ("write".equals(System.getProperty("admission.report"))) {
            Files.writeString(REPORT, report);
        }
        assertThat(late).as("started after their deadline").isZero();
        assertThat(report.toString()).isEqualTo(Files.readString(REPORT, StandardCharsets.UTF_8));
    }

    private void write() {
        line("# Admission, simulated");
        line("");
        line(
                "Written by `AdmissionReportTest` from the real gate on a virtual clock; the test fails when this text is not what");
        line(
                "the rules do. Unless said otherwise: 10 permits, calls of 100 ms on average (exponential), so 100 requests/s;");
        line("200 places in the queue, 5 s queue timeout, random arrivals, 120 s.");
        line("");
        line(
                "- *fair*: the max-min fair share of what was served: nobody gets more than asked for, the rest is shared equally.");
        line("- *Jain*: Jain's index of served / fair over the keys; 1 is perfect, 1/keys is the worst.");
        line("- *share error*: the largest deviation of a key from its fair share.");
        line(
                "- *wrong*: refused on arrival although somebody of the same key and priority who came later was started before");
        line("  the refused one's deadline.");
        fairness(
                "Equal keys, 1.2 times the capacity",
                IntStream.range(0, 10)
                        .mapToObj(i -> new Sender("key " + i, 5, 12))
                        .toArray(Sender[]::new));
        Sender[] greedy = IntStream.range(0, 10)
                .mapToObj(i -> new Sender("key " + i, 5, i == 0 ? 200 : 8))
                .toArray(Sender[]::new);
        fairness("One greedy key (200/s) and nine modest ones (8/s each)", greedy);
        fairness(
                "Unequal arrival, 1.55 times the capacity",
                new Sender("key 0", 5, 5),
                new Sender("key 1", 5, 10),
                new Sender("key 2", 5, 20),
                new Sender("key 3", 5, 40),
                new Sender("key 4", 5, 80));
        priorities(
                "Mixed priorities, constant high priority below the capacity",
                new Sender("high", 9, 90),
                new Sender("middle", 5, 30),
                new Sender("low", 0, 5));
        priorities(
                "Mixed priorities, high priority alone 1.5 times the capacity",
                new Sender("high", 9, 150),
                new Sender("middle", 5, 5),
                new Sender("low", 0, 2));
        priorities(
                "Mixed priorities, flood of low priority",
                new Sender("high", 9, 30),
                new Sender("middle", 5, 30),
                new Sender("low", 0, 300));
        overload();
        limits();
    }

    private void fairness(String title, Sender... senders) {
        heading(title);
        line("| key | asked/s | fair/s | served/s | queue full/s | hopeless/s | timed out/s | longest wait s |");
        line("|---|---|---|---|---|---|---|---|");
        List<Ask> asks = new AdmissionSimulation(TEN, Calls.EXPONENTIAL, 0.1, true)
                .send(senders)
                .run(SECONDS);
        check(asks);
        double[] asked = new double[senders.length];
        double[] served = new double[senders.length];
        for (int i = 0; i < senders.length; i++) {
            List<Ask> own = of(asks, senders[i]);
            asked[i] = own.size() / SECONDS;
            served[i] = own.stream().filter(Ask::served).count() / SECONDS;
        }
        double[] fair = fairShares(
                asked,
                IntStream.range(0, served.length).mapToDouble(i -> served[i]).sum());
        double sum = 0;
        double squares = 0;
        double error = 0;
        for (int i = 0; i < senders.length; i++) {
            double share = served[i] / fair[i];
            sum += share;
            squares += share * share;
            error = Math.max(error, Math.abs(share - 1));
            List<Ask> own = of(asks, senders[i]);
            row(
                    "%s | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.2f",
                    senders[i].key(),
                    asked[i],
                    fair[i],
                    served[i],
                    refused(own, Reason.QUEUE_FULL) / SECONDS,
                    refused(own, Reason.DEADLINE_UNREACHABLE) / SECONDS,
                    refused(own, Reason.QUEUE_TIMEOUT) / SECONDS,
                    longestWait(own));
        }
        line("");
        line(String.format(
                Locale.ROOT, "Jain %.4f, share error %.1f %%.", sum * sum / (senders.length * squares), 100 * error));
    }

    private void priorities(String title, Sender... senders) {
        heading(title);
        line("| sender | priority | asked/s | served | longest wait s | timed out/s | full or hopeless/s | wrong |");
        line("|---|---|---|---|---|---|---|---|");
        List<Ask> asks = new AdmissionSimulation(TEN, Calls.EXPONENTIAL, 0.1, true)
                .send(senders)
                .run(SECONDS);
        check(asks);
        for (Sender sender : senders) {
            List<Ask> own = of(asks, sender);
            row(
                    "%s | %d | %.1f | %.1f %% | %.2f | %.2f | %.2f | %d",
                    sender.key(),
                    sender.priority(),
                    own.size() / SECONDS,
                    100.0 * own.stream().filter(Ask::served).count() / own.size(),
                    longestWait(own),
                    refused(own, Reason.QUEUE_TIMEOUT) / SECONDS,
                    (refused(own, Reason.QUEUE_FULL) + refused(own, Reason.DEADLINE_UNREACHABLE)) / SECONDS,
                    wrong(own));
        }
    }

    private void overload() {
        heading("Three times the capacity, one key, with and without refusal on arrival");
        line(
                "A queue of 2,000 places, so that only deadlines matter. *Told no after* is the mean wait of those not served.");
        line("");
        line(
                "| calls | permits x mean | forecast | served/s | timed out/s | refused on arrival/s | told no after s | wrong | late |");
        line("|---|---|---|---|---|---|---|---|---|");
        for (Calls calls : Calls.values()) {
            for (boolean foresees : new boolean[] {false, true}) {
                overload(calls, 10, 0.1, foresees);
            }
        }
        for (boolean foresees : new boolean[] {false, true}) {
            overload(Calls.EXPONENTIAL, 100, 10, foresees);
        }
    }

    private void overload(Calls calls, int permits, double mean, boolean foresees) {
        List<Ask> asks = new AdmissionSimulation(new AdmissionLimits(permits, 2_000, TIMEOUT), calls, mean, foresees)
                .send(new Sender("key", 5, 3 * permits / mean))
                .run(SECONDS);
        check(asks);
        row(
                "%s | %d x %.1f s | %s | %.1f | %.1f | %.1f | %.2f | %d | %d",
                calls.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                permits,
                mean,
                foresees ? "yes" : "no",
                asks.stream().filter(Ask::served).count() / SECONDS,
                refused(asks, Reason.QUEUE_TIMEOUT) / SECONDS,
                refused(asks, Reason.DEADLINE_UNREACHABLE) / SECONDS,
                asks.stream()
                        .filter(ask -> !ask.served())
                        .mapToDouble(Ask::waitSeconds)
                        .average()
                        .orElse(0),
                wrong(asks),
                asks.stream().filter(ask -> ask.late(TIMEOUT)).count());
    }

    private void limits() {
        heading("Permits raised and lowered under load");
        line("80 requests/s; 10 permits, from 40 s on 5, from 80 s on 20.");
        line("");
        line("| from s | served/s | timed out/s | full or hopeless/s | longest wait s | wrong |");
        line("|---|---|---|---|---|---|");
        List<Ask> asks = new AdmissionSimulation(TEN, Calls.EXPONENTIAL, 0.1, true)
                .send(new Sender("key", 5, 80))
                .limits(40, 5)
                .limits(80, 20)
                .run(SECONDS);
        check(asks);
        for (int from = 0; from < SECONDS; from += 40) {
            long begin = from * 1_000_000_000L;
            List<Ask> third = asks.stream()
                    .filter(ask -> ask.arrivedNanos >= begin && ask.arrivedNanos < begin + 40_000_000_000L)
                    .toList();
            row(
                    "%d | %.1f | %.1f | %.1f | %.2f | %d",
                    from,
                    third.stream().filter(Ask::served).count() / 40.0,
                    refused(third, Reason.QUEUE_TIMEOUT) / 40.0,
                    (refused(third, Reason.QUEUE_FULL) + refused(third, Reason.DEADLINE_UNREACHABLE)) / 40.0,
                    longestWait(third),
                    wrong(third));
        }
    }

    private void check(List<Ask> asks) {
        late += (int) asks.stream().filter(ask -> ask.late(TIMEOUT)).count();
    }

    private static List<Ask> of(List<Ask> asks, Sender sender) {
        return asks.stream().filter(ask -> ask.sender.equals(sender)).toList();
    }

    private static long refused(List<Ask> asks, Reason reason) {
        return asks.stream().filter(ask -> ask.refusal == reason).count();
    }

    private static double longestWait(List<Ask> asks) {
        return asks.stream()
                .filter(Ask::served)
                .mapToDouble(Ask::waitSeconds)
                .max()
                .orElse(0);
    }

    /** Of one sender, in order of arrival. */
    private static long wrong(List<Ask> asks) {
        long wrong = 0;
        long firstStartOfLater = Long.MAX_VALUE;
        for (int i = asks.size() - 1; i >= 0; i--) {
            Ask ask = asks.get(i);
            if (ask.refusal == Reason.DEADLINE_UNREACHABLE
                    && firstStartOfLater < ask.arrivedNanos + TIMEOUT.toNanos() / 10 * 9) {
                wrong++;
            }
            if (ask.served()) {
                firstStartOfLater = Math.min(firstStartOfLater, ask.endNanos);
            }
        }
        return wrong;
    }

    /** Max-min fair shares of {@code total}: the smallest demands first, each at most an equal part of what is left. */
    private static double[] fairShares(double[] asked, double total) {
        List<Integer> byDemand = new ArrayList<>(IntStream.range(0, asked.length)
                .boxed()
                .sorted((a, b) -> Double.compare(asked[a], asked[b]))
                .toList());
        double[] fair = new double[asked.length];
        double left = total;
        for (int i = 0; i < byDemand.size(); i++) {
            int key = byDemand.get(i);
            fair[key] = Math.min(asked[key], left / (byDemand.size() - i));
            left -= fair[key];
        }
        return fair;
    }

    private void heading(String title) {
        line("");
        line("## " + title);
        line("");
    }

    private void row(String format, Object... values) {
        line("| " + String.format(Locale.ROOT, format, values) + " |");
    }

    private void line(String text) {
        report.append(text).append('\n');
    }
}
