package dev.mehari.credential;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.config.CredentialConfig;
import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.upstream.Upstream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** The program behind {@code bench/credentials}, which says what it does: {@code CredentialBench FOLDER SECONDS}. */
final class CredentialBench {
    private static final int CREDENTIALS = 10;
    private static final long REFRESH_MILLIS = 500;
    private static final int WRITE_MILLIS = 30;
    private static final int EVERY_NTH_TIMED = 16;

    /** One measurement; times in microseconds. */
    record Row(
            String design,
            int callers,
            boolean refreshing,
            long takesPerSecond,
            double p50Us,
            double p99Us,
            double p999Us,
            double maxUs) {}

    private final int seconds;
    private final List<Row> results = new ArrayList<>();

    private CredentialBench(int seconds) {
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        CredentialBench bench = new CredentialBench(Integer.parseInt(arguments[1]));
        bench.pool(2, 2, false); // compiled before it is measured
        bench.results.clear();
        for (int callers : new int[] {2, 100}) {
            for (boolean refreshing : new boolean[] {false, true, true, false}) {
                bench.pool(callers, bench.seconds, refreshing);
            }
        }
        bench.oneLock(false);
        bench.oneLock(true);
        bench.write(Path.of(arguments[0]));
    }

    private void pool(int callers, int runSeconds, boolean refreshing) throws InterruptedException {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        AtomicLong refreshes = new AtomicLong();
        List<Credential> credentials = new ArrayList<>();
        for (int id = 1; id <= CREDENTIALS; id++) {
            credentials.add(Credentials.key(id));
        }
        if (refreshing) {
            credentials.add(Credentials.oauth(CREDENTIALS + 1, null, null, 0));
        }
        TokenRefresher refresher = (id, then) -> {
            refreshes.incrementAndGet();
            timer.schedule(then, REFRESH_MILLIS, TimeUnit.MILLISECONDS);
        };
        CredentialPool pool = new CredentialPool(
                new FakeCredentialStore(),
                timer,
                refresher,
                new CredentialConfig(
                        null,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(5),
                        Adaptive.OFF,
                        false),
                Clock.systemUTC(),
                System::nanoTime,
                PoolObserver.NONE);
        pool.reload(credentials, List.of(), pool.unwritten());
        if (refreshing) {
            // One after the other, so that there is always one under way.
            timer.scheduleWithFixedDelay(
                    () -> refresher.refresh(
                            CREDENTIALS + 1, () -> pool.reload(credentials, List.of(), pool.unwritten())),
                    0,
                    REFRESH_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
        pool.start(timer);
        List<Upstream> candidates = List.of(Credentials.upstream("up"));
        measure("pool", callers, runSeconds, refreshing, () -> {
            Taking taking = pool.take(candidates, "model", null, new AttemptLog());
            pool.succeeded(PoolFixture.taken(taking));
        });
        timer.shutdownNow();
    }

    /** The design of old: choice, refresh and write under one lock. */
    private void oneLock(boolean refreshing) throws InterruptedException {
        Object lock = new Object();
        AtomicInteger next = new AtomicInteger();
        AtomicLong refreshAt = new AtomicLong(System.nanoTime());
        measure("one lock", 100, seconds, refreshing, () -> {
            synchronized (lock) {
                int chosen = next.getAndIncrement() % CREDENTIALS;
                if (refreshing && chosen == 0 && System.nanoTime() - refreshAt.get() >= 0) {
                    pause(REFRESH_MILLIS);
                    refreshAt.set(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
                }
                pause(WRITE_MILLIS);
            }
        });
    }

    private static void pause(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void measure(String what, int callers, int runSeconds, boolean refreshing, Runnable take)
            throws InterruptedException {
        Histogram all = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
        AtomicLong takes = new AtomicLong();
        CountDownLatch begin = new CountDownLatch(1);
        long[] end = new long[1];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread thread = new Thread(() -> {
                Histogram own = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
                long made = 0;
                try {
                    begin.await();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
                boolean timesAll = what.equals("one lock");
                while (System.nanoTime() - end[0] < 0) {
                    if (timesAll || made % EVERY_NTH_TIMED == 0) {
                        long from = System.nanoTime();
                        take.run();
                        own.recordValue(System.nanoTime() - from);
                    } else {
                        take.run();
                    }
                    made++;
                }
                takes.addAndGet(made);
                synchronized (all) {
                    all.add(own);
                }
            });
            thread.start();
            threads.add(thread);
        }
        long from = System.nanoTime();
        end[0] = from + TimeUnit.SECONDS.toNanos(runSeconds);
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        double took = (System.nanoTime() - from) / 1e9;
        results.add(new Row(
                what,
                callers,
                refreshing,
                Math.round(takes.get() / took),
                all.getValueAtPercentile(50) / 1e3,
                all.getValueAtPercentile(99) / 1e3,
                all.getValueAtPercentile(99.9) / 1e3,
                all.getMaxValue() / 1e3));
    }

    private void write(Path folder) throws java.io.IOException {
        Files.createDirectories(folder);
        StringBuilder text = new StringBuilder("# Taking a credential\n\n")
                .append(Instant.now())
                .append("; ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" cores, Java ")
                .append(System.getProperty("java.version"))
                .append("; load average after: ")
                .append(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage())
                .append("; ")
                .append(CREDENTIALS)
                .append(" credentials, least recently used, each take given back with a success; ")
                .append(seconds)
                .append(
                        " s each. Callers are threads in a closed loop: with 100 on few cores, the upper percentiles are those of the"
                                + " scheduler.\n")
                .append(
                        "\"One lock\" is a model of the old design: choice, a write of 30 ms and, each second, a refresh of 500 ms"
                                + " under one lock.\n\n")
                .append(
                        "| design | callers | refresh of another under way | takes/s | p50 us | p99 us | p99.9 us | max us |\n")
                .append("|---|---|---|---|---|---|---|---|\n");
        for (Row one : results) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %d | %.1f | %.1f | %.1f | %.0f |%n",
                    one.design(),
                    one.callers(),
                    one.refreshing() ? "yes" : "no",
                    one.takesPerSecond(),
                    one.p50Us(),
                    one.p99Us(),
                    one.p999Us(),
                    one.maxUs()));
        }
        Files.writeString(folder.resolve("README.md"), text, UTF_8);
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("credentials.json").toFile(), results);
    }
}
