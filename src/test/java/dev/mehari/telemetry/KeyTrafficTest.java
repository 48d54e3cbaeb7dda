package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.mehari.answer.EndedCall;
import dev.mehari.answer.FailureTable;
import dev.mehari.caller.Caller;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.telemetry.KeyTraffic.KeyCalls;
import java.lang.management.ManagementFactory;
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

        assertThat(traffic.busiest(100)).isEmpty();
    }

    @Test
    void a_key_goes_by_its_new_name_from_its_next_call_on() {
        traffic.identified(ALICE);
        traffic.identified(new Caller("12", "alicia", 5));

        assertThat(of(traffic, "12").name()).isEqualTo("alicia");
    }

    @Test
    void the_busiest_keys_come_first_and_no_more_than_asked_for() {
        for (int i = 1; i < 500; i++) {
            traffic.identified(new Caller("" + i, "key " + i, 5));
            traffic.ended(call("" + i, 200));
        }
        for (int i = 20; i < 30; i++) {
            traffic.identified(new Caller("" + i, "key " + i, 5));
            traffic.ended(call("" + i, 200));
            traffic.identified(new Caller("" + i, "key " + i, 5));
            traffic.ended(call("" + i, 200));
        }
        traffic.identified(new Caller("7", "key 7", 5));
        now.addAndGet(10 * SECOND);
        traffic.identified(new Caller("495", "key 495", 5));
        traffic.ended(call("495", 200));
        now.addAndGet(SECOND);

        assertThat(traffic.busiest(5)).extracting(KeyCalls::id).containsExactly("7", "495", "20", "21", "22");
        assertThat(traffic.size()).isEqualTo(499);
    }

    @Test
    void looking_at_ten_thousand_keys_makes_nothing_of_those_that_are_not_shown() {
        int keys = 10_000;
        for (int i = 0; i < keys; i++) {
            traffic.identified(new Caller("" + i, "key", 5));
            traffic.ended(call("" + i, 200));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        assertThat(traffic.busiest(100)).hasSize(100);

        long before = threads.getThreadAllocatedBytes(thread);
        traffic.busiest(100);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;

        assertThat(allocated).as("the smallest object takes 16 bytes").isLessThan(keys * 16L);
    }

    @Test
    void forgets_idle_keys_for_others_and_never_busy_ones() {
        KeyTraffic few = new KeyTraffic(now::get, 2);
        few.identified(ALICE);
        few.identified(BOB);
        few.ended(call("13", 200));
        few.identified(new Caller("14", "carol", 5));
        assertThat(few.busiest(100)).extracting(KeyCalls::id).containsExactlyInAnyOrder("12", "13");

        now.addAndGet(62 * SECOND);
        few.identified(new Caller("14", "carol", 5));

        assertThat(few.busiest(100)).extracting(KeyCalls::id).containsExactlyInAnyOrder("12", "14");
    }

    private static EndedCall call(String key, int status) {
        return new EndedCall(Dialect.OPENAI, new CallRecord(0, 1, 2, status, 0, 0, CallRecord.End.COMPLETE), null, key);
    }

    private static KeyCalls of(KeyTraffic traffic, String id) {
        return traffic.busiest(100).stream()
                .filter(key -> key.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
