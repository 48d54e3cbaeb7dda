package dev.mehari.usage;

import dev.mehari.credential.Attempt;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.failure.UpstreamUnreachable;
import java.util.List;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a try has used that has failed, before another may follow; part of {@code noteFailure}. An error that tells
 * usage has that. A request that went out and was given up before it was answered, because its client left, its time was
 * over or the connection broke, may have made the upstream work: its input is estimated. Any other has used nothing.
 *
 * <p>Any thread; never fails a call.
 */
public final class MeterFailedTry implements Processor {
    private static final int MOST_CAUSES = 8;

    private final UsageAccount account;
    private final AnswerMeters meters = new AnswerMeters();

    /**
     * Meters all calls.
     *
     * @param rehearsal those that are read but neither charged nor told of
     */
    public MeterFailedTry(PriceList prices, List<UsageObserver> observers, Predicate<Exchange> rehearsal) {
        account = new UsageAccount(prices, observers, rehearsal);
    }

    @Override
    public void process(Exchange exchange) {
        if (Boolean.FALSE.equals(exchange.getProperty(ExchangeKeys.METERED))
                || !(exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt)
                || !attempt.markFailed()) {
            return;
        }
        Throwable failure = exchange.getException();
        AnsweredByUpstream answered = AnsweredByUpstream.in(failure);
        if (answered != null) {
            Reading told = meters.readError(exchange, answered.answer());
            if (told != null) {
                account.enter(exchange, told);
            }
        } else if (attempt.isSent() && exchange.getProperty(ExchangeKeys.STREAM) != null && !isUnreachable(failure)) {
            Call call = Call.of(exchange);
            long input = AnswerMeter.tokensIn(
                    call == null ? 1 : Math.max(1, call.record().requestBytes()));
            account.enter(exchange, new Reading(new TokenUsage(input, 0, 0, 0, 0), true, null));
        }
    }

    private static boolean isUnreachable(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof UpstreamUnreachable) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
