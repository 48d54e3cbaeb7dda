package dev.mehari.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.answer.EndedCall;
import dev.mehari.capture.BodyFacts;
import dev.mehari.capture.Capture;
import dev.mehari.capture.CapturePosition;
import dev.mehari.capture.CaptureQuery;
import dev.mehari.capture.CaptureReader;
import dev.mehari.capture.CaptureStore.CannotOpen;
import dev.mehari.capture.CapturedCall;
import dev.mehari.config.Secret;
import dev.mehari.credential.MasterKeyChange.Rotation;
import dev.mehari.exchange.CallRecord;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.TestDatabase;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.DataFormatException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captures in their table. */
class CaptureTableIT {
    private static final String MASTER_KEY = "the old master key of all instances";
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final CaptureReader READER = new CaptureReader("token", "127.0.0.0/24");
    private static final long PLENTY = 1L << 40;

    private static TestDatabase database;

    @TempDir
    private static Path folder;

    private CaptureTable table;
    private long key;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.execute("do $$ declare day regclass; begin for day in select inhrelid from pg_inherits"
                + " where inhparent = 'captured_call'::regclass loop execute 'drop table ' || day; end loop; end $$");
        database.execute("truncate captured_call, capture_key, capture_reading, api_key, master_key");
        database.newKey("captured", 5);
        key = database.number("select id from api_key");
        table = new CaptureTable(database.database(), secrets(MASTER_KEY), new SecureRandom());
    }

    @Test
    void what_was_kept_opens_again_and_not_in_another_place() throws Exception {
        assertThat(table.add(List.of(capture(NOW, "one"), capture(NOW, "two")))).isEqualTo(2);
        assertThat(text("one")).isEqualTo("request of one, replies to one");

        String body = "(select request_body from captured_call where request_id = 'two')";
        database.execute("update captured_call set request_body = " + body + " where request_id = 'one'");
        assertThatThrownBy(() -> text("one")).isInstanceOf(CannotOpen.class);
        database.execute("update captured_call set request_body = answer_body where request_id = 'two'");
        assertThatThrownBy(() -> text("two")).isInstanceOf(CannotOpen.class);
    }

    @Test
    void no_row_shows_a_body_neither_plain_nor_deflated() throws Exception {
        Capture capture = capture(NOW, "one");
        table.add(List.of(capture));
        byte[] row = HexFormat.of().parseHex(database.text("select encode(request_body, 'hex') from captured_call"));

        assertThat(new String(row, ISO_8859_1)).doesNotContain("request of");
        for (int from = 0; from < row.length; from++) {
            byte[] rest = Arrays.copyOfRange(row, from, row.length);
            assertThat(inflated(rest, capture.request().length))
                    .as("from byte %d on", from)
                    .isNotEqualTo(capture.request());
        }
    }

    /** Empty when these are no deflated bytes. */
    private static byte[] inflated(byte[] bytes, int length) {
        try {
            return Deflated.open(bytes, length);
        } catch (DataFormatException none) {
            return new byte[0];
        }
    }

    @Test
    void a_changed_byte_or_a_missing_key_is_noticed() throws Exception {
        table.add(List.of(capture(NOW, "one"), capture(NOW, "two")));
        database.execute("update captured_call set answer_body = set_byte(answer_body, 20,"
                + " get_byte(answer_body, 20) # 1) where request_id = 'one'");
        assertThatThrownBy(() -> text("one")).isInstanceOf(CannotOpen.class).hasMessageNotContaining("replies to one");

        database.execute("delete from capture_key");
        assertThatThrownBy(() -> text("two")).isInstanceOf(CannotOpen.class).hasMessageContaining("gone");
        assertThat(table.readings(10)).isEmpty();
    }

    @Test
    void each_instance_has_one_key_a_day_which_is_made_again_when_it_was_not_kept() throws Exception {
        table.add(List.of(capture(NOW, "one")));
        table.add(List.of(capture(NOW, "two"), capture(NOW.plus(1, ChronoUnit.DAYS), "three")));
        new CaptureTable(database.database(), secrets(MASTER_KEY), new SecureRandom())
                .add(List.of(capture(NOW, "four")));
        assertThat(database.query("select day from capture_key order by day"))
                .containsExactly("2026-11-21", "2026-11-21", "2026-11-22");

        Instant later = NOW.plus(3, ChronoUnit.DAYS);
        database.execute("alter table captured_call add constraint refused check (request_id <> 'five')");
        assertThatThrownBy(() -> table.add(List.of(capture(later, "five")))).isInstanceOf(StorageUnavailable.class);
        database.execute("alter table captured_call drop constraint refused");
        assertThat(table.add(List.of(capture(later, "six")))).isEqualTo(1);
        for (String id : List.of("one", "two", "three", "four", "six")) {
            assertThat(text(id)).startsWith("request of " + id);
        }
    }

    @Test
    void of_a_key_that_is_gone_nothing_is_kept() throws Exception {
        database.execute("delete from api_key");

        assertThat(table.add(List.of(capture(NOW, "one")))).isZero();
        assertThat(database.number("select count(*) from captured_call")).isZero();
    }

    @Test
    void days_that_are_over_are_dropped_with_their_keys() throws Exception {
        for (int day = 0; day < 5; day++) {
            Instant at = NOW.minus(day, ChronoUnit.DAYS);
            table.add(List.of(capture(at, "day-" + day)));
        }

        long bytes = new CaptureRetention(database.database(), Duration.ofDays(2), PLENTY).run(NOW);

        assertThat(database.query("select request_id from captured_call order by at desc"))
                .containsExactly("day-0", "day-1", "day-2");
        assertThat(database.query("select day from capture_key order by day"))
                .containsExactly("2026-11-19", "2026-11-20", "2026-11-21");
        assertThat(partitions())
                .containsExactly(
                        "captured_call_20261119",
                        "captured_call_20261120",
                        "captured_call_20261121",
                        "captured_call_20261122");
        assertThat(bytes).isPositive();
        assertThat(text("day-2")).startsWith("request of day-2");
    }

    @Test
    void beyond_its_size_the_oldest_days_go_but_never_today() throws Exception {
        table.add(List.of(capture(NOW.minus(1, ChronoUnit.DAYS), "old"), capture(NOW, "new")));

        new CaptureRetention(database.database(), Duration.ofDays(30), 1).run(NOW);

        assertThat(database.query("select request_id from captured_call")).containsExactly("new");
    }

    @Test
    void one_that_comes_for_a_dropped_day_with_a_dropped_key_is_not_kept() throws Exception {
        Instant yesterday = NOW.minus(1, ChronoUnit.DAYS);
        table.add(List.of(capture(yesterday, "before")));
        new CaptureRetention(database.database(), Duration.ofDays(30), 1).run(NOW);

        assertThat(table.add(List.of(capture(yesterday, "late")))).isZero();
    }

    @Test
    void pages_follow_each_other_latest_first() throws Exception {
        for (int i = 0; i < 5; i++) {
            table.add(List.of(capture(NOW.plusSeconds(i / 2), "r-" + i)));
        }

        CapturePosition after = null;
        StringBuilder found = new StringBuilder();
        List<CapturedCall> page;
        do {
            page = table.find(new CaptureQuery(null, null, key, null, after, 2));
            page.forEach(call -> found.append(call.requestId()).append(' '));
            after = page.isEmpty()
                    ? null
                    : CapturePosition.parse(
                            CapturePosition.of(page.get(page.size() - 1)).toString());
        } while (page.size() == 2);

        assertThat(found).hasToString("r-4 r-3 r-2 r-1 r-0 ");
        assertThat(table.find(new CaptureQuery(NOW.plusSeconds(1), NOW.plusSeconds(2), null, null, null, 9)))
                .extracting(CapturedCall::requestId)
                .containsExactly("r-3", "r-2");
        assertThat(table.find(new CaptureQuery(null, null, key + 1, null, null, 9)))
                .isEmpty();
    }

    @Test
    void of_several_with_one_id_the_latest_opens_unless_a_time_names_another() throws Exception {
        table.add(List.of(capture(NOW, "same"), capture(NOW.plusSeconds(5), "same")));

        assertThat(table.open("same", null, READER).orElseThrow().call().at()).isEqualTo(NOW.plusSeconds(5));
        assertThat(table.open("same", NOW, READER).orElseThrow().call().at()).isEqualTo(NOW);
        assertThat(table.open("same", NOW.plusSeconds(1), READER)).isEmpty();
        assertThat(table.readings(10)).hasSize(2);
    }

    @Test
    void a_rotation_seals_the_keys_anew_and_touches_no_body() throws Exception {
        table.add(List.of(capture(NOW, "one")));
        String before = database.text("select encode(request_body, 'hex') from captured_call");
        SealedSecrets both = secrets("the new master key of all instances," + MASTER_KEY);

        Rotation rotation = new MasterKeyRotation(database.database(), both).rotate();

        assertThat(rotation).isEqualTo(new Rotation(rotation.version(), 1, 0));
        assertThat(database.query("select key_version from capture_key"))
                .containsExactly(Integer.toString(rotation.version()));
        assertThat(database.text("select encode(request_body, 'hex') from captured_call"))
                .isEqualTo(before);
        table = new CaptureTable(
                database.database(), secrets("the new master key of all instances"), new SecureRandom());
        assertThat(text("one")).isEqualTo("request of one, replies to one");
    }

    private String text(String requestId) throws Exception {
        Capture capture = table.open(requestId, null, READER).orElseThrow();
        return new String(capture.request(), UTF_8) + ", " + new String(capture.answer(), UTF_8);
    }

    private Capture capture(Instant at, String requestId) {
        byte[] request = ("request of " + requestId).getBytes(UTF_8);
        byte[] answer = ("replies to " + requestId).getBytes(UTF_8);
        return new Capture(
                new CapturedCall(
                        at,
                        requestId,
                        key,
                        "up",
                        null,
                        200,
                        EndedCall.Outcome.SUCCESS,
                        CallRecord.End.COMPLETE,
                        1,
                        2,
                        new BodyFacts("text/plain", null, request.length, request.length),
                        new BodyFacts(null, "br", answer.length + 1, answer.length)),
                request,
                answer);
    }

    private static SealedSecrets secrets(String masterKey) {
        return SealedSecrets.open(database.database(), new Secret(masterKey), folder, new SecureRandom());
    }

    private static List<String> partitions() {
        return database.query(
                "select inhrelid::regclass::text from pg_inherits where inhparent = 'captured_call'::regclass"
                        + " order by 1");
    }
}
