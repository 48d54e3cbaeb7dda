package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.answer.EndedCall.Outcome;
import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.AuditPage;
import dev.mehari.audit.AuditPosition;
import dev.mehari.audit.AuditQuery;
import dev.mehari.audit.AuditRow;
import dev.mehari.audit.StatusRange;
import dev.mehari.audit.proof.ExportRecord;
import dev.mehari.testing.AuditWriter;
import dev.mehari.testing.SampleAudit;
import dev.mehari.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Whatever is asked for, in pages of whatever size, is what a list of all events gives: each once, in one order. */
class AuditPagesIT {
    private static final Instant DAY = Instant.parse("2026-01-31T00:00:00Z");
    private static final int MINUTES = 4 * 24 * 60;
    private static final int EVENTS = 3_000;

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final SampleAudit AUDIT = new SampleAudit(new Random(3));
    private static final List<AuditRow> ROWS = new ArrayList<>();

    /** Three chains over four days, half of them within the same few moments, and part of them not covered yet. */
    @BeforeContainer
    static void fill() {
        Random random = new Random(4);
        for (int chain = 0; chain < 3; chain++) {
            AUDIT.begin();
            for (int i = 0; i < EVENTS / 3; i++) {
                int minute = random.nextBoolean()
                        ? random.nextInt(4) * 24 * 60 - random.nextInt(2)
                        : random.nextInt(MINUTES);
                AUDIT.event(AuditRows.micros(DAY.plus(Duration.ofMinutes(minute))));
            }
            AuditWriter.write(DATABASE, AUDIT.records());
            if (chain == 1) {
                DATABASE.execute("select audit_cover('epoch')");
            }
        }
        for (ExportRecord record : AUDIT.records()) {
            if (record instanceof ExportRecord.Event event) {
                ROWS.add(event.row());
            }
        }
    }

    @AfterContainer
    static void close() {
        DATABASE.close();
    }

    // row 64
    @Property(tries = 100)
    void pages_together_are_what_a_list_gives(
            @ForAll("queries") AuditQuery query, @ForAll @IntRange(min = 1, max = 300) int cheap) throws Exception {
        AuditSearchTable search = new AuditSearchTable(DATABASE.database(), cheap);
        List<AuditRow> found = new ArrayList<>();

        AuditPosition after = null;
        do {
            AuditPage page = search.find(after(query, after));
            found.addAll(page.rows());
            assertThat(page.rows().size()).isLessThanOrEqualTo(query.limit());
            after = page.next() == null ? null : AuditPosition.parse(page.next().toString());
        } while (after != null);

        assertThat(found).containsExactlyElementsOf(model(query));
    }

    @Provide
    Arbitrary<AuditQuery> queries() {
        return Arbitraries.randomValue(AuditPagesIT::query);
    }

    /** Those that find little in small pages, too. */
    private static AuditQuery query(Random random) {
        Long key = any(random, 4, () -> (long) random.nextInt(5));
        return new AuditQuery(
                any(random, 2, () -> time(random)),
                any(random, 2, () -> time(random)),
                key,
                any(random, 4, () -> "upstream-" + random.nextInt(3)),
                any(random, 4, () -> (long) random.nextInt(6)),
                any(random, 4, () -> "model-" + random.nextInt(4)),
                any(
                        random,
                        4,
                        () -> StatusRange.parse(List.of("200", "2xx", "429", "4xx", "5xx", "204")
                                .get(random.nextInt(6)))),
                any(
                        random,
                        4,
                        () -> Arbitraries.of(Outcome.class)
                                .generator(1)
                                .next(random)
                                .value()),
                any(random, 20, () -> "req_" + random.nextInt(EVENTS + 10)),
                any(
                        random,
                        20,
                        () -> ROWS.get(random.nextInt(EVENTS)).event().request().traceId()),
                null,
                key == null ? 60 + random.nextInt(200) : 7 + random.nextInt(60));
    }

    private static <T> @Nullable T any(Random random, int oneOf, Supplier<T> value) {
        return random.nextInt(oneOf) == 0 ? value.get() : null;
    }

    /** Often a moment at which there are many events. */
    private static Instant time(Random random) {
        return DAY.plus(
                Duration.ofMinutes(random.nextBoolean() ? random.nextInt(4) * 24 * 60 : random.nextInt(MINUTES)));
    }

    private static AuditQuery after(AuditQuery query, @Nullable AuditPosition after) {
        return new AuditQuery(
                query.from(),
                query.to(),
                query.keyId(),
                query.upstream(),
                query.credentialId(),
                query.model(),
                query.status(),
                query.outcome(),
                query.requestId(),
                query.traceId(),
                after,
                query.limit());
    }

    private static List<AuditRow> model(AuditQuery query) {
        return ROWS.stream()
                .filter(row -> matches(row.event(), query))
                .sorted(Comparator.<AuditRow>comparingLong(row -> row.event().atMicros())
                        .thenComparingInt(AuditRow::chain)
                        .thenComparingLong(AuditRow::sequence)
                        .reversed())
                .toList();
    }

    private static boolean matches(AuditEvent event, AuditQuery query) {
        AuditEvent.Request request = event.request();
        int status = event.result().status();
        return (query.from() == null || event.atMicros() >= AuditRows.micros(query.from()))
                && (query.to() == null || event.atMicros() < AuditRows.micros(query.to()))
                && (query.keyId() == null || request.keyId() == query.keyId())
                && (query.upstream() == null
                        || query.upstream().equals(event.way().upstream()))
                && (query.credentialId() == null || event.way().credentialId() == query.credentialId())
                && (query.model() == null || query.model().equals(request.model()))
                && (query.status() == null
                        || (status >= query.status().least()
                                && status <= query.status().most()))
                && (query.outcome() == null || event.result().outcome() == query.outcome())
                && (query.requestId() == null || query.requestId().equals(request.id()))
                && (query.traceId() == null || query.traceId().equals(request.traceId()));
    }
}
