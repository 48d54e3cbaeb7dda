package dev.mehari.storage.ledger;

import dev.mehari.limits.BatchObserver;
import java.util.concurrent.atomic.LongAdder;

/** Counters of one ledger; any thread. */
final class LedgerCount {
    private final LongAdder batches = new LongAdder();
    final LongAdder granted = new LongAdder();
    final LongAdder drawn = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder unavailable = new LongAdder();
    final LongAdder alone = new LongAdder();
    final LongAdder adopted = new LongAdder();
    final LongAdder lost = new LongAdder();

    private volatile BatchObserver observer = BatchObserver.NONE;

    void tell(BatchObserver of) {
        observer = of;
    }

    void batch(int size, long nanos) {
        batches.increment();
        observer.travelled(size, nanos);
    }

    LedgerStats stats(int held, int waiting, long awayMillis) {
        long ahead = drawn.sum();
        long yes = granted.sum() + ahead;
        long no = refused.sum();
        return new LedgerStats(
                held,
                waiting,
                batches.sum(),
                yes + no,
                ahead,
                yes,
                no,
                unavailable.sum(),
                alone.sum(),
                awayMillis,
                adopted.sum(),
                lost.sum());
    }
}
