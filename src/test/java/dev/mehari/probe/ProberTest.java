package dev.mehari.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.ProbeConfig;
import dev.mehari.exchange.Dialect;
import dev.mehari.testing.ManualTime;
import dev.mehari.testing.RecordingUpstreamStore;
import dev.mehari.upstream.Upstream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProberTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final ProbeAnswer RIGHT = new ProbeAnswer(200, new byte[0]);
    private static final ProbeAnswer WRONG = new ProbeAnswer(500, new byte[0]);

    private final ManualTime time = new ManualTime(Instant.EPOCH);
    private final RecordingUpstreamStore store = new RecordingUpstreamStore();
    private final List<Upstream> upstreams = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, CompletableFuture<ProbeAnswer>> open = new HashMap<>();
    private ProbeCredential with = new ProbeCredential.Own();
    private UpstreamStates states;
    private Prober prober;

    @BeforeEach
    void begin() throws Exception {
        states = new UpstreamStates(store, () -> upstreams, time::nanos);
        states.reload();
        prober = new Prober(
                () -> upstreams,
                store,
                states,
                (question, timeout) -> {
                    String name = question.upstream().name();
                    CompletableFuture<ProbeAnswer> answer = new CompletableFuture<>();
                    assertThat(open.put(name, answer))
                            .as("two questions to %s", name)
                            .isNull();
                    asked.add(name);
                    return answer;
                },
                upstream -> with,
                (upstream, outcome) -> {},
                new ProbeConfig(4, Duration.ofSeconds(10), 3),
                () -> "word",
                Runnable::run,
                time::after,
                time::nanos);
    }

    private Upstream add(String name, Duration interval) {
        Upstream upstream = ProbedUpstreams.of(
                name, Dialect.PLAIN, 1, interval == null ? null : ProbedUpstreams.every(interval, null));
        upstreams.add(upstream);
        return upstream;
    }

    private void answer(String name, ProbeAnswer answer) {
        open.remove(name).complete(answer);
    }

    private void answerNext(String name, ProbeAnswer answer) {
        while (!open.containsKey(name)) {
            time.pass(Prober.TICK);
        }
        answer(name, answer);
    }

    @Test // row 33
    void never_asks_more_at_once_than_allowed_nor_anybody_twice() {
        for (int i = 0; i < 100; i++) {
            add("node-" + i, SECOND);
        }
        prober.start();
        for (int second = 0; second < 30; second++) {
            time.pass(SECOND);
            assertThat(open).hasSize(4);
            assertThat(prober.underWay()).isEqualTo(4);
        }
        assertThat(asked).hasSize(4);
    }

    @Test // row 33
    void a_place_that_is_free_goes_to_who_has_waited_longest() {
        for (int i = 0; i < 10; i++) {
            add("node-" + i, SECOND);
        }
        prober.start();
        for (int i = 0; i < 100; i++) {
            answer(asked.get(i), RIGHT);
            time.pass(Prober.TICK);
        }

        Map<String, Long> counts = asked.stream().collect(Collectors.groupingBy(name -> name, Collectors.counting()));
        assertThat(counts).hasSize(10);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(9L, 12L));
    }

    @Test
    void asks_at_the_interval_and_not_who_needs_no_asking() {
        add("asked", Duration.ofSeconds(10));
        add("not asked", null);
        prober.start();
        answer("asked", RIGHT);

        time.pass(Duration.ofSeconds(9));
        assertThat(asked).containsExactly("asked");
        time.pass(Duration.ofSeconds(2));

        assertThat(asked).containsExactly("asked", "asked");
    }

    @Test // row 33
    void so_many_wrong_answers_in_a_row_mark_an_upstream_and_a_right_one_takes_the_mark_away() {
        Upstream upstream = add("up", SECOND);
        prober.start();
        answerNext("up", WRONG);
        answerNext("up", WRONG);
        answerNext("up", RIGHT);
        answerNext("up", WRONG);
        answerNext("up", WRONG);
        assertThat(states.isUsable(upstream)).isTrue();

        answerNext("up", WRONG);
        assertThat(states.isUsable(upstream)).isFalse();
        answerNext("up", WRONG);
        assertThat(store.told()).containsExactly("failed up answered 500");

        answerNext("up", RIGHT);
        assertThat(states.isUsable(upstream)).isTrue();
        assertThat(store.told()).containsExactly("failed up answered 500", "recovered up");
    }

    @Test // row 32
    void a_mark_survives_a_restart_and_who_bears_it_is_asked_again() throws Exception {
        Upstream upstream = add("up", null);
        Upstream rare = add("rare", Duration.ofHours(1));
        store.markFailed("up", "before the restart");
        store.markFailed("rare", "before the restart");

        begin();
        assertThat(states.isUsable(upstream)).isFalse();
        prober.start();
        answer("up", WRONG);
        answer("rare", WRONG);
        time.pass(Duration.ofSeconds(31));
        answer("up", RIGHT);
        answer("rare", RIGHT);

        assertThat(states.isUsable(upstream)).isTrue();
        assertThat(states.isUsable(rare)).isTrue();
        assertThat(asked).containsExactlyInAnyOrder("up", "rare", "up", "rare");
        time.pass(Duration.ofMinutes(5));
        assertThat(asked.subList(4, asked.size()))
                .as("who works again is asked as before")
                .containsExactly("rare");
    }

    @Test // row 32
    void an_upstream_that_is_marked_later_is_asked_within_half_a_minute() throws Exception {
        add("rare", Duration.ofHours(1));
        prober.start();
        answer("rare", RIGHT);
        store.markFailed("rare", "by another instance");
        states.reload();

        time.pass(Duration.ofSeconds(31));

        assertThat(asked).hasSize(2);
    }

    @Test
    void marks_later_what_could_not_be_stored() {
        add("up", SECOND);
        prober.start();
        store.away(true);
        for (int i = 0; i < 5; i++) {
            answerNext("up", WRONG);
        }
        assertThat(states.isFailed("up")).isFalse();

        store.away(false);
        answerNext("up", WRONG);

        assertThat(states.isFailed("up")).isTrue();
    }

    @Test
    void who_has_no_credential_that_may_be_used_is_not_asked_and_not_marked() {
        Upstream upstream = add("up", SECOND);
        with = new ProbeCredential.NoneNow();
        prober.start();
        time.pass(Duration.ofSeconds(10));
        assertThat(asked).isEmpty();
        assertThat(prober.underWay()).isZero();
        assertThat(states.isUsable(upstream)).isTrue();

        with = new ProbeCredential.Own();
        answerNext("up", RIGHT);

        assertThat(asked).containsExactly("up");
    }

    @Test
    void no_answer_is_a_wrong_one_and_nothing_is_asked_after_the_end() {
        add("up", SECOND);
        prober.start();
        for (int i = 0; i < 3; i++) {
            while (!open.containsKey("up")) {
                time.pass(Prober.TICK);
            }
            open.remove("up").completeExceptionally(new IllegalStateException("no answer"));
        }
        assertThat(store.told()).containsExactly("failed up gave no answer");

        prober.close();
        time.pass(Duration.ofMinutes(5));

        assertThat(asked).hasSize(3);
    }
}
