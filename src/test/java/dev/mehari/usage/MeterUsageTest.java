package dev.mehari.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.credential.Attempt;
import dev.mehari.exchange.BodyObserver;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.limits.Charge;
import dev.mehari.testing.TestExchange;
import dev.mehari.upstream.Upstream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeterUsageTest {
    private final List<ModelPrice> stored = new ArrayList<>();
    private final PriceList prices = new PriceList(new FakePriceStore(stored));
    private final List<MeteredCall> told = new ArrayList<>();
    private final MeterUsage meter = new MeterUsage(prices, List.of(told::add), exchange -> false, System::nanoTime);
    private final Exchange exchange = TestExchange.create();

    @BeforeEach
    void ask() throws Exception {
        stored.add(new ModelPrice(new ModelPattern("m"), 1_000_000, 100_000, 2_000_000, 3_000_000));
        prices.reload();
        exchange.setProperty(ExchangeKeys.METERED, true);
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.OPENAI);
        exchange.setProperty(ExchangeKeys.MODEL, "m");
        exchange.setProperty(ExchangeKeys.STREAM, false);
        exchange.setProperty(ExchangeKeys.KEY_ID, "12");
    }

    // row 3
    @Test
    void charges_a_whole_answer_at_once() {
        answer(200, "application/json", Answers.CHAT.text.getBytes(UTF_8));

        meter.process(exchange);

        // 86 * 1000 + 1920 * 100 + 300 * 3000
        assertThat(charge()).isEqualTo(new Charge(2306, 1_178_000));
        assertThat(told).containsExactly(new MeteredCall(12, "m", null, 0, Answers.CHAT.usage, false, 1_178_000));
    }

    @Test
    void charges_a_stream_when_it_has_ended() {
        Stream stream = new Stream();
        answer(200, Answers.MESSAGE_STREAM.type, stream);

        meter.process(exchange);
        stream.observer.bytes(ByteBuffer.wrap(Answers.MESSAGE_STREAM.text.getBytes(UTF_8)));
        assertThat(charge()).isNull();
        stream.end.accept(StreamEnd.Complete.INSTANCE);

        assertThat(charge()).isEqualTo(new Charge(679, 939_000));
        assertThat(told).hasSize(1);
    }

    @Test
    void charges_an_estimate_for_a_stream_that_was_cut() {
        Stream stream = new Stream();
        answer(200, Answers.CHAT_STREAM.type, stream);

        meter.process(exchange);
        stream.observer.bytes(
                ByteBuffer.wrap(Answers.CHAT_STREAM.text.substring(0, 400).getBytes(UTF_8)));
        stream.end.accept(StreamEnd.Discarded.INSTANCE);

        assertThat(told).hasSize(1).allMatch(MeteredCall::estimated);
        assertThat(charge().tokens()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 304, 400, 429, 500})
    void charges_nothing_for_an_answer_that_is_no_success(int status) {
        String text =
                status < 400 ? Answers.CHAT.text : "{\"error\":{\"message\":\"no\"},\"usage\":{\"input_tokens\":-1}}";
        answer(status, "application/json", text.getBytes(UTF_8));

        meter.process(exchange);

        assertThat(charge()).isNull();
        assertThat(told).isEmpty();
    }

    // row 53
    @ParameterizedTest
    @ValueSource(ints = {400, 429, 500})
    void charges_what_an_error_says_it_has_used(int status) {
        answer(status, "application/json", Answers.CHAT.text.getBytes(UTF_8));

        meter.process(exchange);

        assertThat(charge()).isEqualTo(new Charge(2306, 1_178_000));
        assertThat(told).containsExactly(new MeteredCall(12, "m", null, 0, Answers.CHAT.usage, false, 1_178_000));
    }

    // row 53
    @Test
    void charges_a_call_with_all_its_tries() {
        MeterFailedTry failed = new MeterFailedTry(prices, List.of(told::add), any -> false);
        exchange.setProperty(
                ExchangeKeys.ATTEMPT,
                new Attempt(
                        Upstream.at("up", Dialect.OPENAI, URI.create("http://h"), null, null), null, "m", 0, () -> {}));
        answer(503, "application/json", Answers.CHAT.text.getBytes(UTF_8));
        exchange.setException(new UpstreamRefused(503, exchange.getMessage()));
        failed.process(exchange);
        failed.process(exchange); // what goes wrong before the next try finds the same try
        exchange.setException(null);
        answer(200, "application/json", Answers.CHAT.text.getBytes(UTF_8));

        meter.process(exchange);

        assertThat(charge()).isEqualTo(new Charge(4612, 2_356_000));
        assertThat(told).hasSize(2).noneMatch(MeteredCall::estimated);
    }

    @Test
    void leaves_alone_what_is_not_metered() {
        exchange.setProperty(ExchangeKeys.METERED, false);
        answer(200, "application/json", Answers.CHAT.text.getBytes(UTF_8));

        meter.process(exchange);

        assertThat(charge()).isNull();
        assertThat(told).isEmpty();
    }

    @Test
    void leaves_rehearsals_alone() {
        answer(200, "application/json", Answers.CHAT.text.getBytes(UTF_8));

        new MeterUsage(prices, List.of(told::add), rehearsed -> true, System::nanoTime).process(exchange);

        assertThat(charge()).isNull();
        assertThat(told).isEmpty();
    }

    @Test
    void takes_the_model_from_the_answer_where_the_request_could_not_be_read() {
        exchange.removeProperty(ExchangeKeys.MODEL);
        answer(200, "application/json", Answers.RESPONSE.text.getBytes(UTF_8));

        meter.process(exchange);

        assertThat(told.get(0).model()).isEqualTo("m");
        assertThat(charge().nanoDollars()).isPositive();
    }

    @Test
    void counts_calls_of_other_apis_without_inventing_tokens() {
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.PLAIN);
        exchange.removeProperty(ExchangeKeys.STREAM);
        exchange.removeProperty(ExchangeKeys.MODEL);
        answer(200, "text/html", "<html>".getBytes(UTF_8));

        meter.process(exchange);

        assertThat(told).containsExactly(new MeteredCall(12, null, null, 0, TokenUsage.NONE, false, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"anonymous", "", "-1", "99999999999999999999"})
    void counts_who_has_no_number_as_anonymous(String id) {
        exchange.setProperty(ExchangeKeys.KEY_ID, id);
        answer(200, "application/json", Answers.CHAT.text.getBytes(UTF_8));

        meter.process(exchange);

        assertThat(told.get(0).keyId()).isZero();
    }

    private void answer(int status, String type, Object body) {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setHeader("content-type", type);
        exchange.getMessage().setBody(body);
    }

    private Charge charge() {
        return (Charge) exchange.getProperty(ExchangeKeys.CHARGE);
    }

    private static final class Stream implements StreamBody {
        private BodyObserver observer;
        private Consumer<StreamEnd> end;

        @Override
        public void onEnd(Consumer<StreamEnd> listener) {
            end = listener;
        }

        @Override
        public void observe(BodyObserver by) {
            observer = by;
        }

        @Override
        public void discard() {}
    }
}
