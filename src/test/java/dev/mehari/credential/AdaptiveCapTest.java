package dev.mehari.credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.credential.CapSimulation.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class AdaptiveCapTest {
    private static final double SECONDS = 1_200;
    private static final int SEEDS = 5;

    private static Map<String, DoubleUnaryOperator> shapes() {
        Map<String, DoubleUnaryOperator> shapes = new LinkedHashMap<>();
        shapes.put("still at 3", t -> 3);
        shapes.put("still at 20", t -> 20);
        shapes.put("still at 200", t -> 200);
        shapes.put("steps 40, 15, 60, each 200 s", t -> new double[] {40, 15, 60}[(int) (t / 200) % 3]);
        shapes.put("drift 20 to 60, period 600 s", t -> 40 + 20 * Math.sin(2 * Math.PI * t / 600));
        shapes.put("sawtooth 10 to 50, then down, 300 s", t -> 10 + 40 * (t % 300) / 300);
        shapes.put("sawtooth 50 to 10, then up, 300 s", t -> 50 - 40 * (t % 300) / 300);
        return shapes;
    }

    @Test
    void nearly_all_that_an_oracle_would_do_with_few_refusals() throws IOException {
        StringBuilder table = new StringBuilder(
                        "| hidden limit | calls last | goodput of the oracle's | answered 429 | mean cap |\n")
                .append("|---|---|---|---|---|\n");
        for (Map.Entry<String, DoubleUnaryOperator> shape : shapes().entrySet()) {
            for (double mean : new double[] {1, 5}) {
                Result worst = worst(shape.getValue(), mean);
                table.append(String.format(
                        Locale.ROOT,
                        "| %s | %.0f s | %.1f %% | %.2f %% | %.1f |%n",
                        shape.getKey(),
                        mean,
                        100 * worst.goodput(),
                        100 * worst.refused(),
                        worst.meanCap()));
            }
        }
        Path report = Path.of("target/adaptive-cap.md");
        Files.writeString(report, table, UTF_8);

        for (Map.Entry<String, DoubleUnaryOperator> shape : shapes().entrySet()) {
            Result worst = worst(shape.getValue(), 1);
            assertThat(worst.goodput()).as("%s", shape.getKey()).isGreaterThanOrEqualTo(0.9);
            assertThat(worst.refused()).as("%s", shape.getKey()).isLessThan(0.02);
        }
    }

    /** Of some seeds, the least goodput and the most refusals. */
    private static Result worst(DoubleUnaryOperator limit, double mean) {
        Result worst = new Result(9, 0, 0);
        for (int seed = 1; seed <= SEEDS; seed++) {
            Result one = new CapSimulation(limit, mean, seed).run(SECONDS);
            worst = new Result(
                    Math.min(worst.goodput(), one.goodput()), Math.max(worst.refused(), one.refused()), one.meanCap());
        }
        return worst;
    }

    @Test
    void is_at_least_one_whatever_is_refused() {
        AdaptiveCap cap = new AdaptiveCap();
        for (int i = 0; i < 100; i++) {
            cap.refused(1, cap.epoch());
        }

        assertThat(cap.cap()).isOne();
    }

    @Test
    void sends_no_more_than_the_upstream_says_it_takes() {
        AdaptiveCap cap = new AdaptiveCap();
        cap.told(2);
        assertThat(cap.cap()).isEqualTo(2);
        cap.told(0);
        assertThat(cap.cap()).isEqualTo(1);
        cap.told(-1);
        assertThat(cap.cap()).isEqualTo(4);
    }

    @Test
    void calls_sent_before_the_cap_was_lowered_do_not_lower_it_again_beyond_what_they_show() {
        AdaptiveCap cap = new AdaptiveCap();
        long before = cap.epoch();
        cap.refused(4, before);
        cap.refused(4, before);
        cap.refused(4, before);

        assertThat(cap.cap()).isEqualTo(3);
    }
}
