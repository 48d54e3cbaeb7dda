package dev.mehari.relay;

import dev.mehari.credential.Attempt;
import dev.mehari.credential.AttemptLog;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.DeadlineExceeded;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;

/** A call whose time is over before it could be sent: it is not sent, and told where its time went. */
final class LateCall {
    private LateCall() {}

    static DeadlineExceeded failure(Exchange exchange, long nowNanos) {
        StringBuilder message = new StringBuilder("The call's time was over before it could be sent: ");
        List<Attempt> tries =
                exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log ? log.attempts() : List.of();
        Call call = Call.of(exchange);
        long first = tries.isEmpty() ? nowNanos : tries.get(0).startedNanos();
        if (call != null) {
            message.append(millis(call.record().startedNanos(), first)).append(" ms until its first try");
            if (exchange.getProperty(ExchangeKeys.QUEUE_MS) instanceof Long queued && queued > 0) {
                message.append(", ").append(queued).append(" ms of them in the queue");
            }
            message.append("; ");
        }
        if (tries.size() > 1) {
            long present = tries.get(tries.size() - 1).startedNanos();
            message.append(millis(first, present)).append(" ms for earlier tries and the waits between; ");
            first = present;
        }
        return new DeadlineExceeded(
                message.append(millis(first, nowNanos)).append(" ms since").toString());
    }

    private static long millis(long fromNanos, long toNanos) {
        return TimeUnit.NANOSECONDS.toMillis(Math.max(0, toNanos - fromNanos));
    }
}
