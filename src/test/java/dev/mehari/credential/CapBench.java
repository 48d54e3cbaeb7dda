package dev.mehari.credential;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.mehari.credential.CapSimulation.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;

/** Simulates the adaptive cap against all shapes, with calls of all lengths; writes every run, and the worst of each as a table. */
final class CapBench {
    private static final int FIRST_SEED = 1_001;

    /** One run. */
    record Run(
            String limit, boolean heldOut, String calls, long seed, double goodput, double refused, long succeeded) {}

    private CapBench() {}

    /**
     * Runs all.
     *
     * @param args folder to write to, number of seeds
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int seeds = Integer.parseInt(args[1]);
        List<Run> runs = new ArrayList<>();
        StringBuilder readme = new StringBuilder(String.format("""
                # The adaptive cap against hidden limits that move

                Each cell: of an oracle's goodput / answered 429, in per cent; the worst of %d seeds, %d s each. **Bold** misses 90 or 2.
                Calls last 0.2 to 20 s on average, exponentially or, mixed, log-normally. The law was chosen with the limits of the first table,
                with other seeds, and with a random walk, noise and dips; those of the second table were made when it had been chosen.
                """, seeds, CapShapes.SECONDS));
        table("Limits that it was chosen with", CapShapes.known(), false, seeds, runs, readme);
        table("Limits held out", CapShapes.heldOut(), true, seeds, runs, readme);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("README.md"), readme, UTF_8);
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("runs.json").toFile(), runs);
    }

    private static Map<String, ToDoubleFunction<Random>> calls() {
        Map<String, ToDoubleFunction<Random>> calls = new LinkedHashMap<>();
        calls.put("0.2 s", CapShapes.exponential(0.2));
        calls.put("1 s", CapShapes.exponential(1));
        calls.put("5 s", CapShapes.exponential(5));
        calls.put("20 s", CapShapes.exponential(20));
        calls.put("1 s, mixed", CapShapes.logNormal(1));
        calls.put("5 s, mixed", CapShapes.logNormal(5));
        calls.put("20 s, mixed", CapShapes.logNormal(20));
        return calls;
    }

    private static void table(
            String title,
            Map<String, LongFunction<DoubleUnaryOperator>> shapes,
            boolean heldOut,
            int seeds,
            List<Run> runs,
            StringBuilder readme) {
        readme.append("\n## ").append(title).append("\n\n| hidden limit |");
        calls().keySet().forEach(name -> readme.append(' ').append(name).append(" |"));
        readme.append("\n|---|").append("---|".repeat(calls().size())).append('\n');
        shapes.forEach((shape, limit) -> {
            readme.append("| ").append(shape).append(" |");
            calls().forEach((name, lasts) -> {
                double goodput = Double.MAX_VALUE;
                double refused = 0;
                for (long seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
                    Result one = new CapSimulation(limit.apply(seed), lasts, seed).run(CapShapes.SECONDS);
                    runs.add(new Run(shape, heldOut, name, seed, one.goodput(), one.refused(), one.calls()));
                    goodput = Math.min(goodput, one.goodput());
                    refused = Math.max(refused, one.refused());
                }
                String mark = goodput < 0.9 || refused >= 0.02 ? "**" : "";
                readme.append(
                        String.format(Locale.ROOT, " %s%.1f / %.2f%s |", mark, 100 * goodput, 100 * refused, mark));
            });
            readme.append('\n');
        });
    }
}
