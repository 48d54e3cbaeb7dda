package dev.mehari.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UsageWriterTest {
    private static final LocalDate DAY = LocalDate.of(2026, 1, 31);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-31T23:59:59.999Z"), ZoneOffset.UTC);

    private final Store store = new Store();

    @Test
    void adds_up_by_key_model_and_day() {
        try (UsageWriter writer = writer(Duration.ofDays(1))) {
            writer.used(call(1, "a", false));
            writer.used(call(1, "a", true));
            writer.used(call(1, "b", false));
            writer.used(call(2, null, false));
        }

        assertThat(store.batches)
                .containsExactly(List.of(
                        row(1, "a", "", 0, new UsageCounts(2, 1, 2, 4, 6, 20, 10, 14)),
                        row(1, "b", "", 0, new UsageCounts(1, 0, 1, 2, 3, 10, 5, 7)),
                        row(2, "unknown", "", 0, new UsageCounts(1, 0, 1, 2, 3, 10, 5, 7))));
    }

    // row 53
    @Test
    void tells_upstreams_and_credentials_apart() {
        try (UsageWriter writer = writer(Duration.ofDays(1))) {
            writer.used(call("b", 2));
            writer.used(call("a", 9));
            writer.used(call("b", 1));
            writer.used(call("b", 2));
        }

        UsageCounts one = new UsageCounts(1, 0, 1, 2, 3, 10, 5, 7);
        assertThat(store.batches)
                .containsExactly(List.of(
                        row(1, "m", "a", 9, one), row(1, "m", "b", 1, one), row(1, "m", "b", 2, one.plus(one))));
    }

    @Test
    void writes_a_batch_whose_outcome_is_unknown_again_under_its_number() {
        store.failAfterAdding = 3;
        try (UsageWriter writer = writer(Duration.ofMillis(5))) {
            for (int i = 1; i <= 100; i++) {
                writer.used(call(1, "a", false));
            }
            await().until(() -> writer.unwrittenCalls() == 0);
        }

        assertThat(store.calls()).isEqualTo(100);
        assertThat(store.attempts).isGreaterThan(3);
    }

    @Test
    void keeps_what_cannot_be_written_and_writes_it_when_the_store_is_back() {
        store.away = true;
        try (UsageWriter writer = writer(Duration.ofMillis(5))) {
            writer.used(call(1, "a", false));
            await().until(() -> store.attempts > 2);
            writer.used(call(1, "a", false));
            assertThat(writer.unwrittenCalls()).isEqualTo(2);

            store.away = false;
            await().until(() -> writer.unwrittenCalls() == 0);
        }

        assertThat(store.calls()).isEqualTo(2);
    }

    @Test
    void writes_before_its_time_when_there_are_many_rows() {
        try (UsageWriter writer = writer(Duration.ofDays(1))) {
            IntStream.range(0, 1000).forEach(key -> writer.used(call(key, "a", false)));

            await().until(() -> writer.unwrittenCalls() == 0);
        }
    }

    @Test
    void keeps_names_in_bounds() {
        try (UsageWriter writer = writer(Duration.ofDays(1))) {
            IntStream.range(0, 150).forEach(i -> writer.used(call(1, "model-" + i, false)));
            writer.used(call(2, "model-0", false));
            writer.used(call(3, "x".repeat(101), false));
            writer.used(call(3, "nul\0", false));
            writer.used(call(3, "lone\ud800", false));
            writer.used(call(3, "", false));
        }

        assertThat(store.named(1)).hasSize(101).contains("other");
        assertThat(store.named(2)).containsExactly("model-0");
        assertThat(store.named(3)).containsExactly("other", "unknown");
        assertThat(store.calls()).isEqualTo(155);
    }

    private UsageWriter writer(Duration pause) {
        UsageWriter writer = new UsageWriter(store, new UUID(1, 2), CLOCK, pause);
        writer.start();
        return writer;
    }

    private static UsageRow row(long key, String model, String upstream, long credential, UsageCounts counts) {
        return new UsageRow(new UsageCell(key, model, upstream, credential, DAY), counts);
    }

    private static MeteredCall call(String upstream, long credential) {
        return new MeteredCall(1, "m", upstream, credential, new TokenUsage(1, 2, 3, 10, 5), false, 7);
    }

    private static MeteredCall call(long key, String model, boolean estimated) {
        return new MeteredCall(key, model, null, 0, new TokenUsage(1, 2, 3, 10, 5), estimated, 7);
    }

    /** Adds each batch once, and may fail before or after that. */
    private static final class Store implements UsageStore {
        private final List<List<UsageRow>> batches = new ArrayList<>();
        private final Map<UUID, Long> last = new HashMap<>();
        private volatile boolean away;
        private volatile int failAfterAdding;
        private volatile int attempts;

        @Override
        public synchronized void add(UUID writer, long batch, List<UsageRow> rows) throws StorageUnavailable {
            attempts++;
            if (away) {
                throw new StorageUnavailable("away", Duration.ofSeconds(1), null);
            }
            if (last.getOrDefault(writer, 0L) < batch) {
                last.put(writer, batch);
                batches.add(rows);
            }
            if (failAfterAdding > 0) {
                failAfterAdding--;
                throw new StorageUnavailable("who knows", Duration.ofSeconds(1), null);
            }
        }

        @Override
        public List<UsageSum> find(UsageQuery query) {
            throw new UnsupportedOperationException();
        }

        synchronized long calls() {
            return batches.stream()
                    .flatMap(List::stream)
                    .mapToLong(row -> row.counts().calls())
                    .sum();
        }

        synchronized List<String> named(long key) {
            return batches.stream()
                    .flatMap(List::stream)
                    .filter(row -> row.cell().keyId() == key)
                    .map(row -> row.cell().model())
                    .toList();
        }
    }
}
