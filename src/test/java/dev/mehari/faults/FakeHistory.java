package dev.mehari.faults;

import dev.mehari.faults.Called.Delivery;
import dev.mehari.faults.Try.Ending;
import dev.mehari.faults.Violation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A short history with three credentials in which everything is as it should be, and for each kind of violation the same with
 * something in it that must not be. Shows that {@link FaultCheck} finds what it is for; times are in milliseconds.
 */
final class FakeHistory {
    private static final long MILLI = 1_000_000;
    private static final Terms TERMS = new Terms(
            2,
            20,
            Duration.ofSeconds(10),
            10,
            Duration.ofMillis(50),
            Duration.ofSeconds(1),
            new Terms.Breaker(5, Duration.ofSeconds(60), true));
    private static final Map<String, String> CREDENTIALS = Map.of("a", "first", "b", "first", "c", "second");

    private final List<Try> tries = new ArrayList<>();
    private final List<Called> calls = new ArrayList<>();
    private final List<Called> calm =
            new ArrayList<>(List.of(new Called("calm", false, 0, 1, 200, "", Delivery.WHOLE)));
    private Set<String> calmCredentials = Set.of("a", "b", "c");
    private Map<String, Long> left = Map.of("leases", 0L);

    private FakeHistory() {
        served("plain", "a", 100);
        tries.add(refused("hinted", "a", 200, 1_000));
        tries.add(served("hinted", "b", 220, 240));
        called("hinted", 200, 250, 200, Delivery.WHOLE);
        tries.add(new Try("broken", "b", ms(300), ms(320), ms(320), Ending.FINAL, "500", true, ms(400), ms(400)));
        called("broken", 300, 330, 500, Delivery.WHOLE);
        tries.add(new Try("cut", "c", ms(400), ms(420), ms(430), Ending.FINAL, "cut", true, 0, ms(400)));
        called("cut", 400, 440, 200, Delivery.ERROR_EVENT);
        called("none", 500, 510, 503, Delivery.WHOLE);
        served("trial", "a", 1_300);
        served("after", "a", 2_000);
    }

    /** Nothing in it that must not be. */
    static FaultHistory sound() {
        return new FakeHistory().history();
    }

    /** The same with one violation of {@code kind}, and none of another. */
    static FaultHistory with(Kind kind) {
        FakeHistory fake = new FakeHistory();
        switch (kind) {
            case GAVE_UP -> fake.called("given-up", 2_500, 2_510, 503, Delivery.WHOLE);
            case SPOILED -> {
                fake.tries.add(served("spoiled", "b", 2_500, 2_520));
                fake.called("spoiled", 2_500, 2_530, 502, Delivery.WHOLE);
            }
            case UNANSWERED -> fake.called("unanswered", 2_500, 2_530, 0, Delivery.BROKEN);
            case SILENT_END -> {
                fake.tries.add(broken("silent", "c", 2_500, 2_520));
                fake.called("silent", 2_500, 2_530, 200, Delivery.SILENT);
            }
            case USED_WHILE_BENCHED -> fake.served("early", "a", 700);
            case SECOND_TRIAL -> {
                fake.tries.add(refused("refused", "a", 3_000, 500));
                fake.tries.add(served("refused", "c", 3_020, 3_040));
                fake.called("refused", 3_000, 3_050, 200, Delivery.WHOLE);
                fake.tries.add(served("first", "a", 3_600, 3_700));
                fake.called("first", 3_600, 3_710, 200, Delivery.WHOLE);
                fake.tries.add(served("second", "a", 3_610, 3_720));
                fake.called("second", 3_610, 3_730, 200, Delivery.WHOLE);
            }
            case USED_WHILE_OPEN -> {
                fake.fails("opens", 5, 3_000);
                fake.served("trial-too-early", "c", 20_000);
            }
            case REPEATED -> {
                fake.tries.add(broken("twice", "a", 3_000, 3_010));
                fake.tries.add(served("twice", "c", 3_020, 3_040));
                fake.called("twice", 3_000, 3_050, 200, Delivery.WHOLE);
            }
            case SAME_AGAIN -> {
                fake.tries.add(new Try(
                        "same", "a", ms(3_000), ms(3_010), ms(3_010), Ending.REPEATABLE, "503", true, 0, ms(400)));
                fake.tries.add(served("same", "a", 3_020, 3_040));
                fake.called("same", 3_000, 3_050, 200, Delivery.WHOLE);
            }
            case TOO_MANY_TRIES -> {
                for (int i = 0; i < 12; i++) {
                    String call = "often-" + i;
                    long at = 5_000L + i * 1_000L;
                    fake.tries.add(refused(call, "a", at, 100));
                    fake.tries.add(refused(call, "b", at + 30, 100));
                    fake.tries.add(served(call, "c", at + 60, at + 80));
                    fake.called(call, at, at + 90, 200, Delivery.WHOLE);
                }
            }
            case NOT_RETURNED -> fake.calmCredentials = Set.of("a", "b");
            case LEFT_OVER -> fake.left = Map.of("leases", 1L);
        }
        return fake.history();
    }

    /** One upstream that has failed five times in a row, and a call that was refused {@code after} the last of these. */
    static FaultHistory leftAlone(Duration after) {
        FakeHistory fake = new FakeHistory();
        fake.fails("opens", 5, 3_000);
        long at = 3_140 + after.toMillis();
        fake.called("left-alone", at, at + 10, 503, Delivery.WHOLE);
        return fake.history(Map.of("a", "first", "b", "first", "c", "first"));
    }

    /**
     * A credential whose trial failed while a call from before its bench had been served, and a call that was refused
     * {@code after} the answer to that trial: the second bench is twice as long.
     */
    static FaultHistory benchedAnew(Duration after) {
        FakeHistory fake = new FakeHistory();
        fake.tries.clear();
        fake.calls.clear();
        fake.tries.add(refused("benches", "a", 3_000, 1_000));
        fake.called("benches", 3_000, 3_015, 429, Delivery.WHOLE);
        fake.tries.add(served("long", "a", 2_990, 3_500));
        fake.called("long", 2_990, 3_505, 200, Delivery.WHOLE);
        fake.tries.add(refused("trial", "a", 4_100, 1_000));
        fake.called("trial", 4_100, 4_115, 429, Delivery.WHOLE);
        long at = 4_110 + after.toMillis();
        fake.called("refused", at, at + 5, 503, Delivery.WHOLE);
        return fake.history(Map.of("a", "first"));
    }

    private FaultHistory history() {
        return history(CREDENTIALS);
    }

    private FaultHistory history(Map<String, String> credentials) {
        tries.sort(Comparator.comparingLong(Try::arrived));
        return new FaultHistory(TERMS, credentials, tries, calls, calm, calmCredentials, left);
    }

    private void served(String call, String credential, long at) {
        tries.add(served(call, credential, at, at + 20));
        called(call, at, at + 30, 200, Delivery.WHOLE);
    }

    private void fails(String prefix, int times, long at) {
        for (int i = 0; i < times; i++) {
            tries.add(broken(prefix + i, "c", at + 30L * i, at + 30L * i + 20));
            called(prefix + i, at + 30L * i, at + 30L * i + 25, 502, Delivery.WHOLE);
        }
    }

    private static Try broken(String call, String credential, long arrived, long ended) {
        return new Try(call, credential, ms(arrived), ms(ended), ms(ended), Ending.FINAL, "reset", true, 0, ms(9));
    }

    private static Try served(String call, String credential, long arrived, long ended) {
        return new Try(call, credential, ms(arrived), ms(ended), ms(ended), Ending.SERVED, "served", false, 0, 0);
    }

    private static Try refused(String call, String credential, long at, long bench) {
        return new Try(
                call,
                credential,
                ms(at),
                ms(at + 10),
                ms(at + 10),
                Ending.REPEATABLE,
                "429",
                false,
                ms(bench),
                ms(bench));
    }

    private void called(String call, long sent, long ended, int status, Delivery delivery) {
        calls.add(new Called(
                call, call.equals("cut") || call.equals("silent"), ms(sent), ms(ended), status, "", delivery));
    }

    private static long ms(long millis) {
        return millis * MILLI;
    }
}
