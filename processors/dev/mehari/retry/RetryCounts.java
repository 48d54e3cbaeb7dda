package dev.mehari.retry;

import dev.mehari.retry.RetryDecision.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How often it was decided what, since the start. Any thread. */
public final class RetryCounts {
    private final LongAdder again = new LongAdder();
    private final Map<Reason, LongAdder> givenUp = new EnumMap<>(Reason.class);

    public RetryCounts() {
        for (Reason reason : Reason.values()) {
            givenUp.put(reason, new LongAdder());
        }
    }

    void count(RetryDecision decision) {
        if (decision instanceof RetryDecision.GiveUp no) {
            of(no.reason()).increment();
        } else {
            again.increment();
        }
    }

    /** Tries after the first. */
    public long again() {
        return again.sum();
    }

    /** Failed tries that were not followed by another. */
    public long givenUp(Reason reason) {
        return of(reason).sum();
    }

    private LongAdder of(Reason reason) {
        return Objects.requireNonNull(givenUp.get(reason));
    }
}
