package dev.mehari.storage.ledger;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** A {@link DecisionLoad} in a process of its own. */
final class LoadProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    /** What several processes have measured together. */
    static final class Result {
        long granted;
        long refused;
        long others;
        long drawn;
        long cpuNanos;
        long compileMillis;
        long batches;
        final Histogram latency = new Histogram(TimeUnit.SECONDS.toNanos(60), 3);
    }

    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader results;

    private LoadProcess(Process process) {
        this.process = process;
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        results = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static LoadProcess start(String url, long firstKey, int keys, int seed) throws IOException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DecisionLoad.class.getName(),
                        url,
                        Long.toString(firstKey),
                        Integer.toString(keys),
                        Integer.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        LoadProcess load = new LoadProcess(process);
        load.await("READY");
        return load;
    }

    void begin(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }

    void addResult(Result sum) throws IOException, DataFormatException {
        String[] words = await("RESULT").split(" ");
        sum.granted += Long.parseLong(words[1]);
        sum.refused += Long.parseLong(words[2]);
        sum.others += Long.parseLong(words[3]);
        sum.drawn += Long.parseLong(words[4]);
        sum.cpuNanos += Long.parseLong(words[5]);
        sum.compileMillis += Long.parseLong(words[6]);
        sum.batches += Long.parseLong(words[7]);
        sum.latency.add(Histogram.decodeFromCompressedByteBuffer(
                ByteBuffer.wrap(Base64.getDecoder().decode(words[8])), TimeUnit.SECONDS.toNanos(60)));
    }

    private String await(String beginning) throws IOException {
        for (String line = results.readLine(); line != null; line = results.readLine()) {
            if (line.startsWith(beginning)) {
                return line;
            }
        }
        throw new IOException("the load process has ended");
    }

    @Override
    public void close() throws IOException {
        commands.close();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroy();
            }
        } catch (InterruptedException stop) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }
}
