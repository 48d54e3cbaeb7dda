package dev.mehari.storage.ledger;

import dev.mehari.config.DataConfig;
import dev.mehari.config.LimitsConfig;
import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import dev.mehari.limits.MemoryLedger;
import dev.mehari.storage.DataFolder;
import dev.mehari.storage.Database;
import dev.mehari.testing.TestFolder;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * One instance under load, as a process: {@code DecisionLoad JDBC-URL FIRST-KEY KEYS SEED}. Reads lines {@code hot|zipf RATE
 * SECONDS [on]} and answers each, with {@code on} while its last calls are still under way, with {@code RESULT granted refused unavailable drawn cpu-nanos
 * compile-millis batches histogram}. Calls arrive at random (Poisson), whatever became of earlier ones; latency counts from the
 * moment a call was due. What is granted is settled 40 ms later.
 */
final class DecisionLoad {
    private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final long NAP_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final Charge ESTIMATE = new Charge(100, 0);
    private static final Charge USED = new Charge(80, 0);

    private record Open(Lease lease, long until) {}

    private final PostgresLedger ledger;
    private final long firstKey;
    private final double[] popularity;
    private final Random random;
    private final Recorder latency = new Recorder(TimeUnit.SECONDS.toNanos(60), 3);
    private final Queue<Open> open = new ConcurrentLinkedQueue<>();

    private DecisionLoad(PostgresLedger ledger, long firstKey, int keys, long seed) {
        this.ledger = ledger;
        this.firstKey = firstKey;
        this.random = new Random(seed);
        popularity = new double[keys];
        double sum = 0;
        for (int key = 0; key < keys; key++) {
            sum += 1.0 / (key + 1);
            popularity[key] = sum;
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = TestFolder.create("mehari-decisions");
        DataConfig config = new DataConfig(folder, arguments[0], null, null, 4, Duration.ofSeconds(5));
        LimitsConfig limits =
                new LimitsConfig(LimitsConfig.Ledger.CLUSTER, Duration.ofSeconds(30), Duration.ofSeconds(30), false);
        try (DataFolder taken = DataFolder.take(folder);
                Database database = Database.open(config, taken, new SecureRandom(), System::nanoTime);
                PostgresLedger ledger =
                        PostgresLedger.open(database, limits, new MemoryLedger(Clock.systemUTC()), System::nanoTime)) {
            PostgresLedger.follow(database.listener(), ledger);
            database.listener().start();
            DecisionLoad load = new DecisionLoad(
                    ledger, Long.parseLong(arguments[1]), Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]));
            System.out.println("READY");
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ");
                System.out.println(load.run(
                        "hot".equals(words[0]),
                        Double.parseDouble(words[1]),
                        Integer.parseInt(words[2]),
                        words.length > 3));
            }
        }
    }

    private String run(boolean isHot, double rate, int seconds, boolean goesOn) {
        LedgerStats before = ledger.stats();
        long cpu = cpuNanos();
        long compiling = compileMillis();
        latency.reset();
        long due = System.nanoTime();
        long end = due + TimeUnit.SECONDS.toNanos(seconds);
        while (due < end) {
            due += (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
            for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                settle(now);
                LockSupport.parkNanos(Math.min(NAP_NANOS, due - now));
            }
            settle(System.nanoTime());
            ask(new LimitedKey(isHot ? firstKey : zipf(), KeyLimits.NONE), due);
        }
        while (!goesOn && (ledger.stats().leasesHeld() > 0 || ledger.stats().acquiresWaiting() > 0)) {
            settle(System.nanoTime());
            LockSupport.parkNanos(NAP_NANOS);
        }
        LedgerStats after = ledger.stats();
        return "RESULT " + (after.granted() - before.granted()) + " " + (after.refused() - before.refused()) + " "
                + (after.unavailable() - before.unavailable() + after.alone() - before.alone()) + " "
                + (after.drawn() - before.drawn()) + " " + (cpuNanos() - cpu) + " "
                + (compileMillis() - compiling) + " " + (after.batches() - before.batches()) + " " + encoded();
    }

    private void ask(LimitedKey key, long due) {
        ledger.acquire(new LimitRequest(key, ESTIMATE, () -> {}), decision -> {
            long now = System.nanoTime();
            latency.recordValue(now - due);
            if (decision instanceof LimitDecision.Granted granted) {
                open.add(new Open(granted.lease(), now + HOLD_NANOS));
            }
        });
    }

    private void settle(long now) {
        for (Open oldest = open.peek(); oldest != null && oldest.until() <= now; oldest = open.peek()) {
            open.remove();
            oldest.lease().settle(USED);
        }
    }

    private long zipf() {
        double at = random.nextDouble() * popularity[popularity.length - 1];
        int place = Arrays.binarySearch(popularity, at);
        return firstKey + (place < 0 ? -place - 1 : place);
    }

    private String encoded() {
        Histogram histogram = latency.getIntervalHistogram();
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int size = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), size));
    }

    private static long compileMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
