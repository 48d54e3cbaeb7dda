package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.testing.FakeCall;
import dev.mehari.testing.TestExchange;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

class CountCallTest {
    private final CallMetrics metrics = new CallMetrics(() -> 0);
    private final CountCall countCall = new CountCall(List.of(metrics));
    private final Exchange exchange = TestExchange.create();
    private final FakeCall call = new FakeCall();

    @Test
    void counts_a_call_as_open_until_it_has_ended() {
        begin();
        assertThat(metrics.snapshot().open()).isEqualTo(1);
        assertThat(metrics.snapshot().total()).isZero();

        call.end(200, CallRecord.End.COMPLETE);

        assertThat(metrics.snapshot().open()).isZero();
        assertThat(metrics.snapshot().successful()).isEqualTo(1);
    }

    @Test
    void names_the_reason_of_a_refusal() {
        begin();
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.ANTHROPIC);
        exchange.setProperty(
                Exchange.EXCEPTION_CAUGHT,
                new GatewayBusy(GatewayBusy.Reason.RATE_LIMITED, "slow down", Duration.ofSeconds(1)));

        call.end(503, CallRecord.End.COMPLETE);

        assertThat(metrics.snapshot().refusals()).containsEntry("rate_limited", 1L);
    }

    @Test
    void forgets_a_failure_that_was_got_over() {
        begin();
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new UpstreamBroken("cut", null));

        call.end(200, CallRecord.End.COMPLETE);

        assertThat(metrics.snapshot().successful()).isEqualTo(1);
    }

    @Test
    void leaves_an_exchange_alone_that_is_no_call() {
        countCall.process(exchange);

        assertThat(metrics.snapshot().open()).isZero();
    }

    private void begin() {
        exchange.setProperty(ExchangeKeys.CALL, call);
        countCall.process(exchange);
    }
}
