package dev.mehari.capture;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Bodies that somebody has opened or deleted.
 *
 * @param requestId null for all of the key
 * @param keyId 0 when nothing was there
 * @param captures how many it was about
 */
public record CaptureReading(
        Instant at, Act act, @Nullable String requestId, long keyId, int captures, CaptureReader reader) {
    /** What was done. */
    public enum Act {
        OPENED,
        DELETED;

        /** As it is written. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
