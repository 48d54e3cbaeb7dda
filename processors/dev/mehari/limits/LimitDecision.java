package dev.mehari.limits;

import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answer to "may this key make one more call now?". */
public sealed interface LimitDecision {
    /** Calls the function of the case that this is. */
    <T> T fold(Function<Granted, T> granted, Function<Refused, T> refused, Function<Unavailable, T> unavailable);

    /** It may; settle the lease exactly when the call has ended. */
    record Granted(Lease lease) implements LimitDecision {
        @Override
        public <T> T fold(
                Function<Granted, T> granted, Function<Refused, T> refused, Function<Unavailable, T> unavailable) {
            return granted.apply(this);
        }
    }

    /**
     * It may not; nothing was taken.
     *
     * @param kind the limit that is used up
     * @param current what is used and reserved, in the limit's unit: calls, tokens or nano-dollars
     * @param limit in the same unit
     * @param resetAt when the window ends; null for concurrency and the total budget, which no time resets
     */
    record Refused(
            LimitKind kind,
            long current,
            long limit,
            @Nullable Instant resetAt) implements LimitDecision {
        @Override
        public <T> T fold(
                Function<Granted, T> granted, Function<Refused, T> refused, Function<Unavailable, T> unavailable) {
            return refused.apply(this);
        }
    }

    /** Nobody knows: the database is away, and for longer than this instance may decide alone. */
    record Unavailable(StorageUnavailable failure) implements LimitDecision {
        @Override
        public <T> T fold(
                Function<Granted, T> granted, Function<Refused, T> refused, Function<Unavailable, T> unavailable) {
            return unavailable.apply(this);
        }
    }
}
