package dev.mehari.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.mehari.credential.Attempt;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import dev.mehari.limits.Charge;
import dev.mehari.upstream.Upstream;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a call has used from its answer, now or as the answer streams by; named {@code meterUsage}, the step behind
 * the upstream's answer. Sets {@code mehari.charge} and {@code mehari.used}, and tells the observers, once per call, when the
 * answer's last byte is there or the answer is cut, and before the call ends. Sets {@code mehari.pace} for an event stream.
 *
 * <p>Only answers of 2xx to calls with {@code mehari.metered} have usage. Changes no byte and never fails a call.
 */
public final class MeterUsage implements Processor {
    private static final int DEEPEST = 50;
    /** Any number of so many fits into a long. */
    private static final int MOST_DIGITS = 18;

    private final PriceList prices;
    private final List<UsageObserver> observers;
    private final Predicate<Exchange> rehearsal;
    private final LongSupplier nanos;
    private final JsonFactory json = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    /**
     * Meters all calls.
     *
     * @param rehearsal those that are read but neither charged nor told of
     * @param nanos the clock of {@link dev.mehari.exchange.CallRecord}
     */
    public MeterUsage(
            PriceList prices, List<UsageObserver> observers, Predicate<Exchange> rehearsal, LongSupplier nanos) {
        this.prices = prices;
        this.observers = List.copyOf(observers);
        this.rehearsal = rehearsal;
        this.nanos = nanos;
    }

    @Override
    public void process(Exchange exchange) {
        Message answer = exchange.getMessage();
        if (Boolean.FALSE.equals(exchange.getProperty(ExchangeKeys.METERED)) || !isSuccess(answer)) {
            return;
        }
        AnswerMeter meter = AnswerMeter.of(
                text(answer, Exchange.CONTENT_TYPE),
                text(answer, Exchange.CONTENT_ENCODING),
                json,
                exchange.getProperty(ExchangeKeys.MODEL) == null);
        if (answer.getBody() instanceof byte[] whole) {
            meter.bytes(whole, whole.length);
            conclude(exchange, meter, true);
        } else if (answer.getBody() instanceof StreamBody stream) {
            stream.observe(meter.readsEvents() ? paced(exchange, meter) : meter);
            stream.onEnd(end -> conclude(exchange, meter, end instanceof StreamEnd.Complete));
        }
    }

    private StreamPace paced(Exchange exchange, AnswerMeter meter) {
        StreamPace pace = new StreamPace(meter, nanos);
        exchange.setProperty(ExchangeKeys.PACE, pace);
        return pace;
    }

    private void conclude(Exchange exchange, AnswerMeter meter, boolean whole) {
        Call call = Call.of(exchange);
        long requestBytes = call == null ? 0 : call.record().requestBytes();
        Reading reading = meter.end(whole, tellsUsage(exchange, meter), requestBytes);
        if (rehearsal.test(exchange)) {
            return;
        }
        String asked = (String) exchange.getProperty(ExchangeKeys.MODEL);
        String model = asked == null ? reading.model() : asked;
        String upstream = upstream(exchange);
        long cost = prices.cost(upstream, model, reading.tokens());
        MeteredCall metered = new MeteredCall(
                keyId(exchange), model, upstream, credentialId(exchange), reading.tokens(), reading.estimated(), cost);
        exchange.setProperty(ExchangeKeys.CHARGE, new Charge(reading.tokens().total(), cost));
        exchange.setProperty(ExchangeKeys.USED, metered);
        observers.forEach(observer -> observer.used(metered));
    }

    /** Of an endpoint that we do not know nobody can say whether it uses tokens at all. */
    private static boolean tellsUsage(Exchange exchange, AnswerMeter meter) {
        return exchange.getProperty(ExchangeKeys.STREAM) != null
                || (meter.readsEvents() && exchange.getProperty(ExchangeKeys.DIALECT) != Dialect.PLAIN);
    }

    private static boolean isSuccess(Message answer) {
        return answer.getHeader(Exchange.HTTP_RESPONSE_CODE) instanceof Integer status && status / 100 == 2;
    }

    private static @Nullable String text(Message answer, String header) {
        Object value = answer.getHeader(header);
        return value == null ? null : value.toString();
    }

    private static @Nullable String upstream(Exchange exchange) {
        return exchange.getProperty(ExchangeKeys.UPSTREAM) instanceof Upstream upstream ? upstream.name() : null;
    }

    private static long credentialId(Exchange exchange) {
        return exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt && attempt.credential() != null
                ? attempt.credential().id()
                : 0;
    }

    /** Keys have numbers; who is anonymous has none. */
    private static long keyId(Exchange exchange) {
        if (!(exchange.getProperty(ExchangeKeys.KEY_ID) instanceof String id) || id.length() > MOST_DIGITS) {
            return 0;
        }
        long number = 0;
        for (int i = 0; i < id.length(); i++) {
            int digit = id.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
