package dev.mehari.limits;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.ExchangeKeys;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Takes a lease for a call whose key has limits ({@link ExchangeKeys#LIMITED_KEY}) and which is metered
 * ({@link ExchangeKeys#METERED}); named {@code limitKey} in the routes. Any other call passes straight on. The lease is
 * settled once, when the call ends, with {@link ExchangeKeys#CHARGE}, or with nothing where that is absent.
 *
 * <p>Beyond the key's calls at once, a call waits in its key's queue where it has one. Fails with
 * {@link dev.mehari.failure.LimitExceeded} when a limit is used up, with
 * {@link dev.mehari.failure.StorageUnavailable} when nobody can decide, and with {@link dev.mehari.failure.ClientGone}
 * when its client has left meanwhile. A call whose lease is lost is broken off with {@code lease_lost}.
 *
 * <p>A decision that is there at once is acted on at once, on the calling thread; after any other, or a wait, the route
 * goes on on the call's event loop. No thread is held.
 */
public final class LimitKey extends AsyncProcessorSupport {
    private final LimitLedger ledger;
    private final ChargeEstimate estimate;
    private final KeyQueues queues;
    private final LimitCounts counts;
    private final LimitRefusals refusals;
    private final LongSupplier nanos;

    /** @param nanos a clock as {@link System#nanoTime()}, for waits */
    public LimitKey(
            LimitLedger ledger,
            ChargeEstimate estimate,
            KeyQueues queues,
            LimitCounts counts,
            Clock clock,
            LongSupplier nanos) {
        this.ledger = ledger;
        this.estimate = estimate;
        this.queues = queues;
        this.counts = counts;
        this.refusals = new LimitRefusals(clock);
        this.nanos = nanos;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Call call = Call.of(exchange);
        if (call == null
                || !(exchange.getProperty(ExchangeKeys.LIMITED_KEY) instanceof LimitedKey key)
                || Boolean.FALSE.equals(exchange.getProperty(ExchangeKeys.METERED))) {
            callback.done(true);
            return true;
        }
        return new LimitedCall(this, exchange, call, key, callback).start();
    }

    LimitLedger ledger() {
        return ledger;
    }

    KeyQueues queues() {
        return queues;
    }

    LimitCounts counts() {
        return counts;
    }

    LimitRefusals refusals() {
        return refusals;
    }

    long nanoTime() {
        return nanos.getAsLong();
    }

    LimitRequest request(Exchange exchange, LimitedKey key, Runnable onLost) {
        int bytes = exchange.getMessage().getBody() instanceof byte[] body ? body.length : 0;
        String model = (String) exchange.getProperty(ExchangeKeys.MODEL);
        return new LimitRequest(key, estimate.of(model, bytes), onLost);
    }
}
