package dev.mehari.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.caller.CapturePolicy;
import dev.mehari.caller.CapturePolicy.Scope;
import dev.mehari.capture.CaptureCounts.Reason;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.FakeCall;
import dev.mehari.testing.TestExchange;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

class CaptureCallsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123456789Z");
    private static final int MOST = 5000;
    private static final CapturePolicy ALL = new CapturePolicy(Scope.ALL, NOW.plusSeconds(1));
    private static final CapturePolicy ERRORS = new CapturePolicy(Scope.ERRORS, NOW.plusSeconds(1));

    private final FakeCaptureStore store = new FakeCaptureStore();
    private final CaptureMemory memory = new CaptureMemory(20_000);
    private final CaptureCounts counts = new CaptureCounts();
    private final CaptureWriter writer =
            new CaptureWriter(store, now -> 0, memory, counts, Clock.fixed(NOW, ZoneOffset.UTC), System::nanoTime);
    private final CaptureCalls calls = new CaptureCalls(writer, memory, counts, MOST, Clock.fixed(NOW, ZoneOffset.UTC));
    private final FakeCall call = new FakeCall();

    @Test
    void keeps_what_was_sent_and_got_with_what_is_known_of_the_call() {
        calls.begin(exchange("sent"), ALL);
        call.answer("text/plain", "one ".getBytes(UTF_8), "two".getBytes(UTF_8));
        call.end(200, CallRecord.End.COMPLETE);
        writer.close();

        Capture capture = store.kept.get(0);
        assertThat(capture.request()).asString().isEqualTo("sent");
        assertThat(capture.answer()).asString().isEqualTo("one two");
        assertThat(capture.call().at()).isEqualTo(Instant.parse("2026-11-21T12:00:00.123456Z"));
        assertThat(capture.call().requestId()).isEqualTo("r-1");
        assertThat(capture.call().keyId()).isEqualTo(7);
        assertThat(capture.call().request()).isEqualTo(new BodyFacts("application/json", null, 4, 4));
        assertThat(capture.call().answer()).isEqualTo(new BodyFacts("text/plain", null, 7, 7));
        assertThat(counts.stored()).isEqualTo(1);
        assertThat(memory.taken()).isZero();
    }

    @Test
    void does_nothing_once_the_policy_is_over() {
        calls.begin(exchange("sent"), new CapturePolicy(Scope.ALL, NOW));

        assertThat(call.isObserved()).isFalse();
        assertThat(memory.taken()).isZero();
        call.end(500, CallRecord.End.COMPLETE);
        writer.close();
        assertThat(store.kept).isEmpty();
    }

    @Test
    void of_errors_alone_a_success_is_forgotten_and_its_memory_given_back() {
        calls.begin(exchange("sent"), ERRORS);
        call.answer("text/plain", new byte[100]);
        assertThat(memory.taken()).isPositive();
        call.end(200, CallRecord.End.COMPLETE);
        writer.close();

        assertThat(store.kept).isEmpty();
        assertThat(counts.dropped()).isZero();
        assertThat(memory.taken()).isZero();
    }

    @Test
    void of_errors_alone_what_a_client_left_is_kept() {
        calls.begin(exchange("sent"), ERRORS);
        call.answer("text/plain", "half".getBytes(UTF_8));
        call.end(200, CallRecord.End.CLIENT_GONE);
        writer.close();

        assertThat(store.kept).hasSize(1);
        assertThat(store.kept.get(0).call().ending()).isEqualTo(CallRecord.End.CLIENT_GONE);
    }

    @Test
    void a_long_request_is_cut() {
        calls.begin(exchange("x".repeat(MOST + 1)), ALL);
        call.end(200, CallRecord.End.COMPLETE);
        writer.close();

        assertThat(store.kept.get(0).request()).hasSize(MOST);
        assertThat(store.kept.get(0).call().request().size()).isEqualTo(MOST + 1);
        assertThat(store.kept.get(0).call().request().truncated()).isTrue();
    }

    @Test
    void a_request_for_which_there_is_no_room_is_dropped_and_counted_at_the_end() {
        assertThat(memory.take(20_000 - 10)).isTrue();
        calls.begin(exchange("x".repeat(100)), ALL);
        assertThat(call.isObserved()).isFalse();
        assertThat(counts.dropped()).isZero();
        call.end(200, CallRecord.End.COMPLETE);
        writer.close();

        assertThat(counts.dropped(Reason.MEMORY)).isEqualTo(1);
        assertThat(memory.taken()).isEqualTo(20_000 - 10);
    }

    @Test
    void an_answer_for_which_there_is_no_room_gives_all_back_at_once() {
        assertThat(memory.take(20_000 - 6_000)).isTrue();
        calls.begin(exchange("sent"), ALL);
        call.answer("text/plain", new byte[100], new byte[MOST - 100]);

        assertThat(memory.taken()).isEqualTo(20_000 - 6_000);
        call.answer("text/plain", new byte[100]);
        call.end(200, CallRecord.End.COMPLETE);
        writer.close();
        assertThat(store.kept).isEmpty();
        assertThat(counts.dropped(Reason.MEMORY)).isEqualTo(1);
        assertThat(memory.taken()).isEqualTo(20_000 - 6_000);
    }

    private Exchange exchange(String body) {
        Exchange exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.CALL, call);
        exchange.setProperty(ExchangeKeys.REQUEST_ID, "r-1");
        exchange.setProperty(ExchangeKeys.KEY_ID, "7");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setBody(body.getBytes(UTF_8));
        return exchange;
    }
}
