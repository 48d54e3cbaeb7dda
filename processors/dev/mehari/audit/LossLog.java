package dev.mehari.audit;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that events are lost for one reason: at once, and what is lost after that once a minute, so that a full disk is not
 * filled with it. For one thread.
 */
final class LossLog {
    private static final Logger LOG = LoggerFactory.getLogger(LossLog.class);
    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanos;
    private final String reason;
    private long unsaid;
    private long notBefore;

    LossLog(LongSupplier nanos, String reason) {
        this.nanos = nanos;
        this.reason = reason;
        notBefore = nanos.getAsLong();
    }

    /**
     * So many more are lost.
     *
     * @param failure what is behind it, even if nothing is lost so far; null when nothing is
     */
    void add(long events, @Nullable Throwable failure) {
        unsaid += events;
        if ((unsaid > 0 || failure != null) && nanos.getAsLong() - notBefore >= 0) {
            say(failure);
        }
    }

    /** Nothing is lost just now: says what has not been said, if it is time to. */
    void tell() {
        add(0, null);
    }

    /** Says what has not been said. */
    void close() {
        if (unsaid > 0) {
            say(null);
        }
    }

    private void say(@Nullable Throwable failure) {
        LOG.error("{}: {} events are lost", reason, unsaid, failure);
        unsaid = 0;
        notBefore = nanos.getAsLong() + PAUSE_NANOS;
    }
}
