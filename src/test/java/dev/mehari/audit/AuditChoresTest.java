package dev.mehari.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AuditChoresTest {
    private static final KeepPolicy POLICY = new KeepPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO, 1);
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofHours(1);

    private final Counting upkeep = new Counting();

    @Test
    void the_newest_events_are_covered_more_often_than_the_rest_is_done() {
        try (AuditChores chores = new AuditChores(upkeep, () -> POLICY, Clock.systemUTC(), LONG, SHORT)) {
            chores.start();

            await().until(() -> upkeep.covers.get() > 2);
            assertThat(upkeep.runs).hasValue(1);
            assertThat(chores.size().days()).isEqualTo(7);
        }
    }

    @Test
    void goes_on_after_a_failure() {
        upkeep.fails = true;
        try (AuditChores chores = new AuditChores(upkeep, () -> POLICY, Clock.systemUTC(), SHORT, SHORT)) {
            chores.start();

            await().until(() -> upkeep.covers.get() > 2 && upkeep.runs.get() > 2);
        }
    }

    // row 41
    @Test
    void each_round_keeps_what_is_to_be_kept_by_then() {
        AtomicReference<KeepPolicy> policy = new AtomicReference<>(POLICY);
        try (AuditChores chores = new AuditChores(upkeep, policy::get, Clock.systemUTC(), SHORT, LONG)) {
            chores.start();
            await().until(() -> POLICY.equals(upkeep.heard));

            policy.set(POLICY.withEvents(LONG));

            await().until(() -> policy.get().equals(upkeep.heard));
        }
    }

    @Test
    void sums_are_kept_for_as_long_as_events_at_least() {
        KeepPolicy policy = new KeepPolicy(SHORT, SHORT, Duration.ofDays(1), 1);

        assertThat(policy.withEvents(LONG)).isEqualTo(new KeepPolicy(LONG, LONG, Duration.ofDays(1), 1));
    }

    private static final class Counting implements AuditUpkeep {
        final AtomicInteger runs = new AtomicInteger();
        final AtomicInteger covers = new AtomicInteger();
        volatile boolean fails;
        volatile KeepPolicy heard;

        @Override
        public void run(KeepPolicy policy, Instant now) throws StorageUnavailable {
            heard = policy;
            count(runs);
        }

        @Override
        public void cover(Instant now) throws StorageUnavailable {
            count(covers);
        }

        @Override
        public Size size() {
            return new Size(7, 1);
        }

        private void count(AtomicInteger times) {
            times.incrementAndGet();
            if (fails) {
                throw new IllegalStateException("as told");
            }
        }
    }
}
