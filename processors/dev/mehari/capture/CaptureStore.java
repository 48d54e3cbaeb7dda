package dev.mehari.capture;

import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where captures are kept, sealed, for all instances. Methods block. */
public interface CaptureStore {
    /** Keeps them, all or none; but those of keys that are gone. Returns how many are kept. */
    int add(List<Capture> captures) throws StorageUnavailable;

    /** Without bodies, latest first. */
    List<CapturedCall> find(CaptureQuery query) throws StorageUnavailable;

    /**
     * Opens the bodies of a call, and writes down who does so; none is opened without.
     *
     * @param at of which of several with this id; null for the latest
     */
    Optional<Capture> open(String requestId, @Nullable Instant at, CaptureReader reader)
            throws CannotOpen, StorageUnavailable;

    /** Deletes all with this id; returns how many there were. */
    int delete(String requestId, CaptureReader reader) throws StorageUnavailable;

    /** Deletes all of a key; returns how many there were. */
    int deleteOf(long keyId, CaptureReader reader) throws StorageUnavailable;

    /** Who has opened or deleted what, latest first. */
    List<CaptureReading> readings(int most) throws StorageUnavailable;

    /** It was sealed with a key that is not here, or was changed since; the message is for operators. */
    final class CannotOpen extends Exception {
        private static final long serialVersionUID = 1L;

        public CannotOpen(String message) {
            super(message, null, false, false);
        }
    }
}
