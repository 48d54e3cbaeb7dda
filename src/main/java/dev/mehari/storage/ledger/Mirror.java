package dev.mehari.storage.ledger;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.MemoryLedger;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * This instance's own calls, counted in memory as well, so that it can decide alone from where it stands. Each instance
 * alone never passes a limit, counting its own calls since its start; all together then pass it at most as often as there
 * are instances. Any thread, without blocking.
 */
final class Mirror {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final MemoryLedger memory;
    private final Outage outage;
    private final LeaseBook book;
    private final LedgerCount count;
    private final LongSupplier nanos;

    Mirror(MemoryLedger memory, Outage outage, LeaseBook book, LedgerCount count, LongSupplier nanos) {
        this.memory = memory;
        this.outage = outage;
        this.book = book;
        this.count = count;
        this.nanos = nanos;
    }

    /** What the database has granted is counted here too. */
    Lease granted(LimitRequest request) {
        return memory.force(quiet(request));
    }

    /** Answers {@code asked}, which the caller has claimed, without the database. */
    void decide(Asked asked) {
        if (!outage.mayDecideAlone()) {
            refuse(asked, "the limits of this key cannot be checked: the database does not answer");
            return;
        }
        LimitDecision decision = memory.decide(quiet(asked.request()));
        count.alone.increment();
        asked.answer(decision.fold(
                granted -> new LimitDecision.Granted(book.grantedAlone(asked, nanos.getAsLong(), granted.lease())),
                refused -> refused,
                unavailable -> unavailable));
    }

    /** Answers {@code asked}, which the caller has claimed, that nobody decides. */
    void refuse(Asked asked, String reason) {
        count.unavailable.increment();
        asked.answer(new LimitDecision.Unavailable(new StorageUnavailable(reason, RETRY_AFTER, null)));
    }

    void forgetIdle() {
        memory.takeChanges(); // the database has them; what is still to be kept would not be forgotten
        memory.forgetIdle();
    }

    private static LimitRequest quiet(LimitRequest request) {
        return new LimitRequest(request.key(), request.estimate(), () -> {});
    }
}
