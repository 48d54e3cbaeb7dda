package dev.mehari.usage;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Reads what a call has used from its answer, now or as the answer streams by; named {@code meterUsage}, the step behind
 * the upstream's answer. Sets {@code mehari.charge} and {@code mehari.used}, and tells the observers, once per answer, when
 * the answer's last byte is there or the answer is cut, and before the call ends. Sets {@code mehari.pace} for an event stream.
 *
 * <p>Only calls with {@code mehari.metered} have usage. An answer that is no success has what it tells, which is mostly
 * nothing. Changes no byte and never fails a call. Tries that fail are {@link MeterFailedTry}'s.
 */
public final class MeterUsage implements Processor {
    private static final int CLIENT_ERROR = 400;

    private final UsageAccount account;
    private final AnswerMeters meters = new AnswerMeters();
    private final LongSupplier nanos;

    /**
     * Meters all calls.
     *
     * @param rehearsal those that are read but neither charged nor told of
     * @param nanos the clock of {@link dev.mehari.exchange.CallRecord}
     */
    public MeterUsage(
            PriceList prices, List<UsageObserver> observers, Predicate<Exchange> rehearsal, LongSupplier nanos) {
        account = new UsageAccount(prices, observers, rehearsal);
        this.nanos = nanos;
    }

    @Override
    public void process(Exchange exchange) {
        Message answer = exchange.getMessage();
        if (Boolean.FALSE.equals(exchange.getProperty(ExchangeKeys.METERED))
                || !(answer.getHeader(Exchange.HTTP_RESPONSE_CODE) instanceof Integer status)) {
            return;
        }
        if (status / 100 == 2) {
            success(exchange, answer);
        } else if (status >= CLIENT_ERROR) {
            Reading told = meters.readError(exchange, answer);
            if (told != null) {
                account.enter(exchange, told);
            }
        }
    }

    private void success(Exchange exchange, Message answer) {
        AnswerMeter meter = meters.next(exchange, answer);
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
        account.enter(exchange, meter.end(whole, tellsUsage(exchange, meter), requestBytes));
    }

    /** Of an endpoint that we do not know nobody can say whether it uses tokens at all. */
    private static boolean tellsUsage(Exchange exchange, AnswerMeter meter) {
        return exchange.getProperty(ExchangeKeys.STREAM) != null
                || (meter.readsEvents() && exchange.getProperty(ExchangeKeys.DIALECT) != Dialect.PLAIN);
    }
}
