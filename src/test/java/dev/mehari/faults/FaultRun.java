package dev.mehari.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.faults.Try.Ending;
import dev.mehari.testing.LlmStub;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.PoolAdmin;
import dev.mehari.testing.PoolAdmin.Rule;
import dev.mehari.testing.TestFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program behind {@code bench/faults}: {@code FaultRun FOLDER CALLS AT_ONCE SEED MODE}, or {@code FaultRun --dry}. Starts
 * {@code ./mehari} and two upstreams that fail at random, gives it five credentials for them, calls, and lets {@link FaultCheck}
 * judge. Exit code 0 when nothing was wrong, 1 otherwise.
 */
final class FaultRun {
    /** How long each status benches, in milliseconds: short, so that many benches fit into a run. */
    private static final Map<Integer, Integer> BENCHES =
            new TreeMap<>(Map.of(401, 700, 403, 700, 429, 500, 500, 400, 503, 400, 529, 600));

    private static final Duration FIRST_BYTE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration SLACK = Duration.ofMillis(150);
    /** As Mehari has it where nothing else is configured. */
    private static final Terms.Breaker BREAKER = new Terms.Breaker(5, Duration.ofSeconds(60), true);
    /** Of which only the longest time is known, since it grows; and the last upstream is never ejected. */
    private static final Terms.Breaker EJECTION = new Terms.Breaker(5, Duration.ofMinutes(5), false);
    /** So that buffers which nobody releases are told of, and direct memory is counted. */
    private static final String JAVA_OPTS =
            "-Xmx256m -Dio.netty.leakDetection.level=paranoid -Dio.netty.maxDirectMemory=0";

    private static final Set<Integer> REPEATED = Set.of(401, 403, 429, 503, 529);
    private static final int WARM_CALLS = 1_000;
    private static final int CALM_CALLS = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** An open breaker takes a minute to close, a second ejection in a row as long. */
    private static final Duration LONGEST_WAY_BACK = Duration.ofSeconds(150);

    private static final long MILLI = 1_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What befalls the upstreams. */
    private enum Mode {
        /** Faults come evenly, and breakers are kept out. */
        STEADY,
        /** One upstream fails as a whole now and then; breakers, ejection and the number of tries are as users have them. */
        STORMS,
        /** Both refuse nearly everything now and then, which benches nobody, so that the retry budget is spent. */
        RUSHES
    }

    private final LlmStub first = LlmStub.serving();
    private final LlmStub second = LlmStub.serving();

    private final Mode mode;
    private final Terms terms;
    private final Map<Integer, Integer> benches = new TreeMap<>(BENCHES);

    private String said = "";

    private FaultRun(Mode mode) {
        this.mode = mode;
        terms = new Terms(
                mode == Mode.STORMS ? 2 : 4,
                20,
                Duration.ofSeconds(10),
                10,
                SLACK,
                FIRST_BYTE_TIMEOUT,
                mode == Mode.STORMS ? BREAKER : mode == Mode.RUSHES ? EJECTION : null);
        if (mode == Mode.RUSHES) {
            benches.remove(503);
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("--dry")) {
            System.exit(dry() ? 0 : 1);
        }
        int calls = Integer.parseInt(arguments[1]);
        int atOnce = Integer.parseInt(arguments[2]);
        long seed = Long.parseLong(arguments[3]);
        Mode mode = Mode.valueOf(arguments[4].toUpperCase(Locale.ROOT));
        long begun = System.nanoTime();
        FaultRun run = new FaultRun(mode);
        FaultHistory history = run.run(calls, atOnce, seed);
        FaultCheck check = new FaultCheck(history);
        FaultReport report =
                new FaultReport(history, check, arguments[4], seed, Duration.ofNanos(System.nanoTime() - begun));
        report.write(Path.of(arguments[0]));
        if (!check.violations().isEmpty()) {
            Files.writeString(Path.of(arguments[0]).resolve("mehari.log"), run.said);
            Files.write(
                    Path.of(arguments[0]).resolve("tries.txt"),
                    history.tries().stream().map(Try::toString).toList());
        }
        System.out.println(report.markdown());
        System.exit(check.violations().isEmpty() ? 0 : 1);
    }

    /** Whether the judge finds each violation in a made-up history, and none in a sound one. */
    private static boolean dry() {
        boolean right = report("nothing", new FaultCheck(FakeHistory.sound()).violations(), 0);
        for (Violation.Kind kind : Violation.Kind.values()) {
            List<Violation> found = new FaultCheck(FakeHistory.with(kind)).violations();
            right &= report(
                    kind.toString(),
                    found,
                    found.stream().filter(one -> one.kind() == kind).count());
        }
        return right;
    }

    private static boolean report(String planted, List<Violation> found, long right) {
        boolean good = found.size() == right && (right > 0 || planted.equals("nothing"));
        System.out.printf("%-20s %s%n", planted, good ? "found as planted" : "WRONG: " + found);
        return good;
    }

    private FaultHistory run(int calls, int atOnce, long seed) throws Exception {
        Path data = TestFolder.create("mehari-faults");
        try (first;
                second;
                MehariProcess mehari = start(data)) {
            mehari.awaitReady();
            String token = Files.readString(data.resolve("admin-token")).strip();
            PoolAdmin admin = PoolAdmin.with(token, mehari.adminUrl().toString());
            Map<String, String> credentials = setUp(admin);
            int port = mehari.url().getPort();
            warmUp(port, mehari.apiKey(), atOnce, credentials.keySet());
            Leftovers leftovers = new Leftovers(mehari, admin, List.of(first.server(), second.server()));
            misbehave(seed);
            List<Called> made = new FaultCallers(port, mehari.apiKey(), "call").run(calls, atOnce);
            List<Try> tries = tries();

            first.serveAll();
            second.serveAll();
            settle(port, mehari.apiKey(), admin, credentials.keySet());
            List<Called> calm = new FaultCallers(port, mehari.apiKey(), "calm").run(CALM_CALLS, atOnce);
            Map<String, Long> left = leftovers.awaitNone(PATIENCE);
            said = mehari.text();
            return new FaultHistory(terms, credentials, tries, made, calm, used("calm-"), left);
        }
    }

    private void misbehave(long seed) {
        if (mode == Mode.STEADY) {
            first.treatOthers(RandomFaults.steady(seed));
            second.treatOthers(RandomFaults.steady(seed + 1));
            return;
        }
        Storms weather = mode == Mode.STORMS ? Storms.overOne(seed) : Storms.overBoth(seed);
        long begun = System.nanoTime();
        RandomFaults.Storm kind = mode == Mode.STORMS ? RandomFaults.Storm.OF_ALL : RandomFaults.Storm.OF_REFUSALS;
        first.treatOthers(RandomFaults.stormy(seed, kind, () -> weather.isIn(0, since(begun))));
        second.treatOthers(RandomFaults.stormy(seed + 1, kind, () -> weather.isIn(1, since(begun))));
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private MehariProcess start(Path data) throws IOException {
        Map<String, String> environment = new TreeMap<>();
        environment.put("MEHARI_UPSTREAM_FIRST_BYTE_TIMEOUT", FIRST_BYTE_TIMEOUT.toMillis() + "ms");
        environment.put("MEHARI_RETRY_MAX", Integer.toString(terms.retries()));
        environment.put("MEHARI_RETRY_BUDGET", Integer.toString(terms.budgetPercent()));
        environment.put("MEHARI_SHUTDOWN_DRAIN", "2s");
        environment.put("MEHARI_JAVA_OPTS", JAVA_OPTS);
        environment.put("MEHARI_START_WARM_UP", "800ms");
        if (mode != Mode.STORMS) {
            // Then no breaker excuses that a call failed.
            environment.put("MEHARI_BREAKER_THRESHOLD", "1000");
        }
        return MehariProcess.start(
                environment,
                "run",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--admin-port",
                "0",
                "--data-dir",
                data.toString());
    }

    /** Two upstreams of one priority with five credentials, and a key whose calls hold leases; returns the secrets. */
    private Map<String, String> setUp(PoolAdmin admin) throws Exception {
        admin.upstream("first", "openai", first.port());
        admin.upstream("second", "openai", second.port());
        Map<String, String> credentials = new TreeMap<>();
        for (int i = 0; i < 5; i++) {
            String secret = "sk-fault-" + (char) ('a' + i) + "-0123456789";
            String upstream = i < 3 ? "first" : "second";
            admin.apiKey(upstream, "credential-" + (char) ('a' + i), secret);
            credentials.put(secret, upstream);
        }
        List<Rule> rules = new ArrayList<>();
        benches.forEach(
                (status, millis) -> rules.add(new Rule(status, "credential", "fault_" + status, millis + "ms")));
        admin.benchRules(rules);
        String key = admin.done("GET", "/api/keys", null).at("/keys/0/id").asText();
        JsonNode limits = JSON.readTree("{\"limits\":{\"concurrency\":1000}}");
        admin.done("PATCH", "/api/keys/" + key, limits);
        return credentials;
    }

    /** Calls until every credential is known and compilers have done most of their work. */
    private void warmUp(int port, String key, int atOnce, Set<String> credentials)
            throws InterruptedException, ExecutionException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Set<String> seen = Set.of();
        while (!seen.containsAll(credentials)) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("of " + credentials + " only " + seen + " were used");
            }
            new FaultCallers(port, key, "warm").run(WARM_CALLS, atOnce);
            seen = used("warm-");
        }
    }

    private Set<String> used(String prefix) {
        return uses().filter(use -> use.user().startsWith(prefix))
                .map(LlmStub.Use::credential)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Calls one after another, so that everything gets its trial, until nothing is benched, open, ejected or in trial. */
    private void settle(int port, String key, PoolAdmin admin, Set<String> credentials) throws Exception {
        long end = System.nanoTime() + LONGEST_WAY_BACK.toNanos();
        boolean settled = false;
        while (!settled && System.nanoTime() - end < 0) {
            new FaultCallers(port, key, "settle").run(credentials.size(), 1);
            LockSupport.parkNanos(50 * MILLI);
            settled = used("settle-").containsAll(credentials)
                    && admin.credentials("?status=usable").size() == credentials.size()
                    && !isOpen(admin);
        }
    }

    private static boolean isOpen(PoolAdmin admin) throws Exception {
        for (JsonNode breaker : admin.done("GET", "/api/breakers", null).path("breakers")) {
            if (!breaker.path("state").asText().equalsIgnoreCase("closed")) {
                return true;
            }
        }
        return false;
    }

    private Stream<LlmStub.Use> uses() {
        return Stream.concat(first.uses().stream(), second.uses().stream());
    }

    private List<Try> tries() {
        return uses().filter(use -> use.user().startsWith("call-"))
                .map(this::tried)
                .sorted(Comparator.comparingLong(Try::arrived))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private Try tried(LlmStub.Use use) {
        long ended = use.endedNanos() == 0 ? System.nanoTime() : use.endedNanos();
        long answered = use.answeredNanos() == 0 ? ended : use.answeredNanos();
        LlmStub.Act act = use.act();
        Ending ending = Ending.FINAL;
        long benched = 0;
        long atMost = 0;
        String what = act.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        boolean failed = true;
        if (act instanceof LlmStub.Serve && use.answeredNanos() == 0) {
            what = "too late"; // Mehari had waited for as long as it may
        } else if (act instanceof LlmStub.Serve) {
            ending = Ending.SERVED;
            failed = false;
        } else if (act instanceof LlmStub.Refuse refuse) {
            ending = REPEATED.contains(refuse.status()) ? Ending.REPEATABLE : Ending.FINAL;
            boolean hinted = refuse.hint() != LlmStub.Hint.NONE;
            benched = hinted ? refuse.pause().toMillis() : benches.getOrDefault(refuse.status(), 0);
            // Whole seconds are rounded up.
            atMost = hinted ? benched + 1_000 : benched;
            failed = refuse.status() >= 500;
            what = refuse.status() + (hinted ? " " + refuse.hint() : "");
        }
        return new Try(
                use.user(),
                use.credential(),
                use.arrivedNanos(),
                answered,
                ended,
                ending,
                what,
                failed,
                benched * MILLI,
                atMost * MILLI);
    }

    /** What is written of a run, in the order in which it is read. */
    static Map<String, Object> counts(FaultHistory history, FaultCheck check) {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("calls", history.calls().size());
        counts.put("streams", history.calls().stream().filter(Called::stream).count());
        counts.put("tries", history.tries().size());
        counts.put("most_tries_again_within_10_s", check.mostTriesAgain());
        Map<String, Long> answers = new TreeMap<>(
                history.tries().stream().collect(Collectors.groupingBy(Try::what, Collectors.counting())));
        counts.put("upstreams_did", answers);
        counts.put(
                "clients_saw",
                new TreeMap<>(history.calls().stream()
                        .collect(Collectors.groupingBy(
                                call -> call.status() + " " + call.delivery() + " " + call.code(),
                                Collectors.counting()))));
        counts.put(
                "tries_by_credential",
                new TreeMap<>(history.tries().stream()
                        .collect(Collectors.groupingBy(Try::credential, Collectors.counting()))));
        counts.put("left", history.left());
        return counts;
    }
}
