package dev.mehari.credential;

import org.jspecify.annotations.Nullable;

/** What this instance knows of a credential that is written nowhere. Fast, for any thread. */
@FunctionalInterface
public interface LiveCredentials {
    /** What there is to say; {@link Live#NOTHING} of one that is not used here. */
    Live of(long credential);

    /**
     * A credential on this instance.
     *
     * @param inFlight calls under way with it
     * @param cap how many may be, as learnt; null when nothing is learnt
     * @param trial true while one call tries whether it works again
     */
    record Live(int inFlight, @Nullable Integer cap, boolean trial) {
        public static final Live NOTHING = new Live(0, null, false);
    }
}
