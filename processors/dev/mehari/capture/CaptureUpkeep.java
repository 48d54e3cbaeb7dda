package dev.mehari.capture;

import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;

/** Keeps the stored captures in order. Blocks for as long as the database takes. */
@FunctionalInterface
public interface CaptureUpkeep {
    /** Makes room for today and tomorrow, and drops days that are not kept; returns the bytes that the rest takes. */
    long run(Instant now) throws StorageUnavailable;
}
