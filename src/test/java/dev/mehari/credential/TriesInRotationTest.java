package dev.mehari.credential;

import static dev.mehari.credential.Credentials.key;
import static dev.mehari.credential.PoolFixture.id;
import static dev.mehari.credential.PoolFixture.taken;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.upstream.UpstreamOptions.Choice;
import java.util.List;
import org.junit.jupiter.api.Test;

class TriesInRotationTest {
    private final PoolFixture fixture = new PoolFixture();

    @Test
    void another_try_at_the_same_upstream_takes_no_turn() {
        // row 80
        fixture.choosing(Choice.ROTATION, 1).with(key(1), key(2), key(3));
        fixture.ask(); // asks for the first turn
        StringBuilder first = new StringBuilder();
        StringBuilder again = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            AttemptLog tried = new AttemptLog();
            for (StringBuilder letters : List.of(first, again)) {
                Attempt attempt = taken(fixture.pool.take(List.of(fixture.up), null, null, tried));
                tried.add(attempt);
                fixture.refuse(attempt, 404);
                letters.append((char) ('A' + id(attempt) - 1));
            }
        }

        assertThat(first).hasToString("ABCABC");
        assertThat(again).hasToString("BCABCA");
    }

    @Test
    void a_try_after_one_at_another_upstream_takes_a_turn() {
        fixture.choosing(Choice.ROTATION, 1).with(key(1), key(2), key(3, "other", 50));
        fixture.ask(); // asks for the first turn
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            AttemptLog tried = new AttemptLog();
            Attempt elsewhere = taken(fixture.pool.take(List.of(Credentials.upstream("other")), null, null, tried));
            tried.add(elsewhere);
            elsewhere.end();
            Attempt attempt = taken(fixture.pool.take(List.of(fixture.up), null, null, tried));
            fixture.pool.succeeded(attempt);
            letters.append((char) ('A' + id(attempt) - 1));
        }

        assertThat(letters).hasToString("ABAB");
    }
}
