package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request on its way to a decision. Whoever claims it answers it. */
final class Asked implements Acquire {
    private static final Logger LOG = LoggerFactory.getLogger(Asked.class);

    private static final long CALL_BACK_NANOS = Duration.ofMillis(300).toNanos();

    private final LimitRequest request;
    private final Consumer<LimitDecision> answer;
    private final long askedNanos;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private boolean isLedgers;
    private boolean isAskedAgain;
    private boolean hasRidden;
    private long refusedNanos;

    Asked(LimitRequest request, Consumer<LimitDecision> answer, long askedNanos) {
        this.request = request;
        this.answer = answer;
        this.askedNanos = askedNanos;
    }

    LimitRequest request() {
        return request;
    }

    @Override
    public long keyId() {
        return request.key().id();
    }

    @Override
    public int calls() {
        return 1;
    }

    @Override
    public int requests() {
        return 1;
    }

    @Override
    public Charge charge() {
        return request.estimate();
    }

    long askedNanos() {
        return askedNanos;
    }

    /** True for the first to ask. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** {@link #claim} for the batcher, on its thread; it keeps the claim when the outcome of a round trip is unknown. */
    boolean claimForLedger() {
        if (!isLedgers) {
            isLedgers = claim();
        }
        return isLedgers;
    }

    /**
     * True while a refusal by the round trip that began at {@code sent} is not the last word, since allotments of the key
     * are on their way back: for longer than that takes. On the batcher's thread.
     */
    boolean mayAskAgain(long sent) {
        if (!isAskedAgain) {
            isAskedAgain = true;
            refusedNanos = sent;
        }
        return sent - refusedNanos < CALL_BACK_NANOS;
    }

    /** True once, for a request whose allotment is asked for in the same round trip. On the batcher's thread. */
    boolean mayRide() {
        boolean isFirst = !hasRidden;
        hasRidden = true;
        return isFirst;
    }

    @SuppressWarnings("IllegalCatch") // one caller's fault must not end the decisions of all
    void answer(LimitDecision decision) {
        try {
            answer.accept(decision);
        } catch (RuntimeException broken) {
            LOG.error("Whoever asked for a decision failed on its answer", broken);
        }
    }
}
