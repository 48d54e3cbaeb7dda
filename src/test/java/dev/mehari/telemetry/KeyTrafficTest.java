package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.answer.EndedCall;
import dev.mehari.answer.FailureTable;
import dev.mehari.caller.Caller;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.telemetry.KeyTraffic.KeyCalls;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeyTrafficTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Caller ALICE = new Caller("12", "alice", 5);
    private static final Caller BOB = new Caller("13", "bob", 5);

    private final AtomicLong now = new AtomicLong(100 * SECOND);
    private final KeyTraffic traffic = new KeyTraffic(now::get);

    @Test
    void counts_the_calls_of_each_key_apart() {
        traffic.identified(ALICE);
        traffic.identified(ALICE);
        traffic.identified(BOB);
        traffic.ended(call("12", 200));
        traffic.ended(call("13", 500));

        assertThat(of(traffic, "12")).isEqualTo(new KeyCalls("12", "alice", 1, 1, 0, 0, 0));
        assertThat(of(traffic, "13")).isEqualTo(new KeyCalls("13", "bob", 0, 1, 0, 1, 0));
    }

    @Test
    void tells_refusals_from_failures() {
        traffic.identified(ALICE);
        GatewayBusy busy = new GatewayBusy(GatewayBusy.Reason.QUEUE_FULL, "full", Duration.ofSeconds(1));
        CallRecord record = new CallRecord(0, 1, 2, 503, 0, 0, CallRecord.End.COMPLETE);

        traffic.ended(new EndedCall(Dialect.OPENAI, record, FailureTable.rowFor(busy), "12"));

        assertThat(of(traffic, "12").refused()).isEqualTo(1);
        assertThat(of(traffic, "12").failed()).isZero();
    }

    @Test
    void rates_are_those_of_the_last_full_seconds() {
        now.addAndGet(10 * SECOND);
        for (int i = 0; i < 8; i++) {
            traffic.identified(ALICE);
            traffic.ended(call("12", 200));
        }
        assertThat(of(traffic, "12").perSecond())
                .as("the second that runs is not over")
                .isZero();

        now.addAndGet(SECOND);
        assertThat(of(traffic, "12").perSecond()).isEqualTo(2);

        now.addAndGet(4 * SECOND);
        assertThat(of(traffic, "12").perSecond()).isZero();
    }

    @Test
    void calls_that_nobody_is_known_for_are_no_keys() {
        traffic.ended(call(null, 401));
        traffic.ended(call("99", 200));

        assertThat(traffic.all()).isEmpty();
    }

    @Test
    void a_key_goes_by_its_new_name_from_its_next_call_on() {
        traffic.identified(ALICE);
        traffic.identified(new Caller("12", "alicia", 5));

        assertThat(of(traffic, "12").name()).isEqualTo("alicia");
    }

    @Test
    void forgets_idle_keys_for_others_and_never_busy_ones() {
        KeyTraffic few = new KeyTraffic(now::get, 2);
        few.identified(ALICE);
        few.identified(BOB);
        few.ended(call("13", 200));
        few.identified(new Caller("14", "carol", 5));
        assertThat(few.all()).extracting(KeyCalls::id).containsExactlyInAnyOrder("12", "13");

        now.addAndGet(62 * SECOND);
        few.identified(new Caller("14", "carol", 5));

        assertThat(few.all()).extracting(KeyCalls::id).containsExactlyInAnyOrder("12", "14");
    }

    private static EndedCall call(String key, int status) {
        return new EndedCall(Dialect.OPENAI, new CallRecord(0, 1, 2, status, 0, 0, CallRecord.End.COMPLETE), null, key);
    }

    private static KeyCalls of(KeyTraffic traffic, String id) {
        return traffic.all().stream()
                .filter(key -> key.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
