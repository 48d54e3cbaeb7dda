package dev.mehari.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestExchange;
import java.security.SecureRandom;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The requests that a gateway sends to itself before it is ready; that they are not counted, StateIT and UsageIT show. */
class WarmUpIT {
    private final StubUpstream gateway = StubUpstream.respondingWith(200);
    private final WarmUp warmUp = new WarmUp(new SecureRandom());

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void sends_calls_with_and_without_streams_and_is_over() throws Exception {
        warmUp.run("127.0.0.1", gateway.port(), Duration.ofSeconds(1));

        assertThat(gateway.requests()).anyMatch(request -> request.text().contains("\"stream\":true"));
        assertThat(gateway.requests()).anyMatch(request -> !request.text().contains("\"stream\":true"));
        assertThat(warmUp.isOurs(exchangeOfTheFirst())).isFalse();
    }

    @Test
    void sends_nothing_where_it_is_to_take_no_time() throws Exception {
        warmUp.run("127.0.0.1", gateway.port(), Duration.ZERO);

        assertThat(gateway.connections()).isZero();
    }

    private Exchange exchangeOfTheFirst() {
        Exchange exchange = TestExchange.create();
        exchange.setProperty(
                ExchangeKeys.REQUEST_ID, gateway.requests().get(0).headers().get("X-Request-Id"));
        return exchange;
    }
}
