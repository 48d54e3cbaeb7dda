package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.limits.KeyCounters;
import dev.mehari.limits.KeyCounters.Counter;
import dev.mehari.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LimitStateTableIT {
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final LimitStateTable TABLE = new LimitStateTable(DATABASE.database());

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test
    void gives_back_what_it_was_given_with_the_windows_of_the_key() throws Exception {
        DATABASE.execute("insert into api_key (id, name, key_hash, requests_window_ms, tokens_window_ms)"
                + " overriding system value select i, 'k' || i, repeat(i::text, 64), i * 1000, i * 2000"
                + " from generate_series(1, 3) i");

        TABLE.save(List.of(counters(1, 60_000, 60_000), counters(3, 60_000, 60_000), counters(99, 1, 1)));

        assertThat(TABLE.load()).containsExactlyInAnyOrder(counters(1, 1_000, 2_000), counters(3, 3_000, 6_000));
    }

    private static KeyCounters counters(long key, long requestsWindow, long tokensWindow) {
        return new KeyCounters(
                key,
                new Counter(1, requestsWindow, 2),
                new Counter(3, 60_000, 4),
                new Counter(5, tokensWindow, 6),
                new Counter(7, 86_400_000, 8),
                new Counter(9, 604_800_000, 10),
                11 * key);
    }
}
