package dev.mehari.limits;

import java.util.function.Consumer;

/**
 * Decides who may make a call under a key's limits, and keeps account of what was used: exactly, in every window and at
 * every instant, for one instance or for all that share a database. A slot is a lease, never a counter: it is given back
 * once, and lapses when its holder dies.
 */
public interface LimitLedger extends AutoCloseable {
    /**
     * Asks for one call. {@code answer} is called exactly once, at once or later, on any thread, and must neither block nor
     * throw. A decision of {@link LimitDecision.Granted} that nobody wants any more is settled with {@link Charge#NONE}.
     */
    void acquire(LimitRequest request, Consumer<LimitDecision> answer);

    /** Gives back the leases of this instance only, writes what is not written yet, and stops. Blocks for a few seconds at most. */
    @Override
    void close();
}
