package dev.mehari.limits;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Counts what this instance has decided since its start. Any thread. */
public final class LimitCounts {
    private final Map<LimitOutcome, LongAdder> outcomes = Arrays.stream(LimitOutcome.values())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), outcome -> new LongAdder()));
    private final LongAdder held = new LongAdder();

    /** Calls that ended so. */
    public long of(LimitOutcome outcome) {
        return adder(outcome).sum();
    }

    /** Leases that calls of this instance hold now. */
    public long held() {
        return held.sum();
    }

    void count(LimitOutcome outcome) {
        adder(outcome).increment();
    }

    void begun() {
        held.increment();
    }

    void ended() {
        held.decrement();
    }

    private LongAdder adder(LimitOutcome outcome) {
        LongAdder adder = outcomes.get(outcome);
        if (adder == null) {
            throw new IllegalStateException("every outcome has a count: " + outcome);
        }
        return adder;
    }
}
