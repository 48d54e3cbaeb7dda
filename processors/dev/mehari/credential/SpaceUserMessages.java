package dev.mehari.credential;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.Deadline;
import dev.mehari.exchange.ExchangeKeys;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Keeps the messages that people send with one credential {@link Credential#userGap} apart, as vendors expect of a person;
 * named {@code spaceUserMessages} in the routes. Any other call passes straight on: one with the result of a tool, or with a
 * credential that needs no gap.
 *
 * <p>A turn is reserved for all instances through {@link UserGap}; besides, this instance never sends two closer than the
 * gap, which alone holds while nobody can tell about the others. Waits on the call's executor and holds no thread. Fails with
 * {@link dev.mehari.failure.GatewayBusy} (on a retry: as the try before) when the turn would come after longer than configured, or later than the client waits ({@link Deadline}),
 * with {@link dev.mehari.failure.ClientGone} when its client leaves meanwhile; its turn is lost then.
 */
public final class SpaceUserMessages extends AsyncProcessorSupport {
    private final UserGap turns;
    private final LocalGaps local = new LocalGaps();
    private final Duration patience;
    private final LongSupplier nanos;

    /**
     * Keeps messages apart by {@code turns}.
     *
     * @param patience longest wait for a turn
     * @param nanos a clock as {@link System#nanoTime()}
     */
    public SpaceUserMessages(UserGap turns, Duration patience, LongSupplier nanos) {
        this.turns = turns;
        this.patience = patience;
        this.nanos = nanos;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Call call = Call.of(exchange);
        Credential credential =
                exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt ? attempt.credential() : null;
        if (call == null
                || credential == null
                || credential.userGap().isZero()
                || !Boolean.TRUE.equals(exchange.getProperty(ExchangeKeys.USER_TURN))) {
            callback.done(true);
            return true;
        }
        new UserTurn(
                        exchange,
                        call,
                        credential,
                        Deadline.atMost(patience, exchange, nanos.getAsLong()),
                        callback,
                        turns,
                        local,
                        nanos)
                .start();
        return false;
    }
}
