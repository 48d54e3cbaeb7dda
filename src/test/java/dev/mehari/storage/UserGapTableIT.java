package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UserGapTableIT {
    private static final Duration GAP = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final TestDatabase test = TestDatabase.create();
    private final UserGapTable gaps = new UserGapTable(test.database());

    @AfterEach
    void close() {
        test.close();
    }

    @BeforeEach
    void begin() {
        test.execute("insert into upstream (id, name, dialect, base_url) overriding system value"
                + " values (1, 'up', 'openai', 'http://127.0.0.1:1')");
        test.execute(
                "insert into credential (id, upstream_id, name, kind, secret, fingerprint)"
                        + " overriding system value values (1, 1, 'one', 'api-key', 'x', 'x'), (2, 1, 'two', 'api-key', 'y', 'y')");
    }

    private CompletableFuture<Duration> reserve(long credential) {
        return gaps.reserve(credential, GAP, LONGEST).toCompletableFuture();
    }

    @Test // row 22
    void turns_follow_each_other_at_the_gap_and_none_is_had_too_late() throws Exception {
        List<CompletableFuture<Duration>> asked = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            asked.add(reserve(1));
        }
        List<Duration> waits = new ArrayList<>();
        int tooLate = 0;
        for (CompletableFuture<Duration> one : asked) {
            Duration wait = one.get(10, TimeUnit.SECONDS);
            if (wait == null) {
                tooLate++;
            } else {
                waits.add(wait);
            }
        }

        // Seven within 60 s, 0, 10 .. 60; the last one a little earlier, for time has passed since the first.
        assertThat(tooLate).isEqualTo(5);
        waits.sort(null);
        for (int i = 0; i < waits.size(); i++) {
            assertThat(waits.get(i)).isBetween(GAP.multipliedBy(i).minusSeconds(4), GAP.multipliedBy(i));
        }
        assertThat(reserve(2).get(10, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(1));
    }

    @Test // row 22
    void turns_that_nobody_wants_are_not_saved_up() throws Exception {
        test.execute("update credential set next_user_at = now() - interval '1 hour'");

        assertThat(reserve(1).get(10, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(1));
        assertThat(reserve(1).get(10, TimeUnit.SECONDS)).isGreaterThan(Duration.ofSeconds(8));
    }

    @Test // row 22
    void fails_when_the_database_cannot_tell() {
        test.execute("alter table credential rename to gone");

        assertThatThrownBy(() -> reserve(1).get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(StorageUnavailable.class);
    }
}
