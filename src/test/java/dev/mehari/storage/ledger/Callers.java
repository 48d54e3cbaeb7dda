package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Callers who ask, give back what they are granted, and ask again. */
final class Callers {
    private static final int GIVE_UP_SECONDS = 10;

    private final int callers;
    private final LimitedKey key;
    private final List<PostgresLedger> ledgers;
    private final AtomicLong undecided = new AtomicLong();

    private Callers(int callers, LimitedKey key, List<PostgresLedger> ledgers) {
        this.callers = callers;
        this.key = key;
        this.ledgers = ledgers;
    }

    static Callers of(int callers, LimitedKey key, List<PostgresLedger> ledgers) {
        return new Callers(callers, key, ledgers);
    }

    /** Blocks until {@code over} and all have got their answers; returns how many calls got none, or no decision. */
    long runUntil(AtomicBoolean over) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            PostgresLedger ledger = ledgers.get(caller % ledgers.size());
            all.add(CompletableFuture.runAsync(() -> callUntil(over, ledger), command -> new Thread(command).start()));
        }
        all.forEach(CompletableFuture::join);
        return undecided.get();
    }

    private void callUntil(AtomicBoolean over, PostgresLedger ledger) {
        Semaphore answered = new Semaphore(0);
        try {
            while (!over.get()) {
                ledger.acquire(new LimitRequest(key, Charge.NONE, () -> {}), decision -> {
                    if (decision instanceof LimitDecision.Granted granted) {
                        granted.lease().settle(Charge.NONE);
                    } else if (decision instanceof LimitDecision.Unavailable) {
                        undecided.incrementAndGet();
                    }
                    answered.release();
                });
                if (!answered.tryAcquire(GIVE_UP_SECONDS, TimeUnit.SECONDS)) {
                    undecided.incrementAndGet();
                    return;
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
