package dev.mehari.capture;

import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps captures in a list, can be away, and forgets those of key 0 as of one that is purged. */
final class FakeCaptureStore implements CaptureStore {
    final List<Capture> kept = new CopyOnWriteArrayList<>();
    volatile boolean away;
    volatile boolean faulty;
    volatile Runnable beforeAdding = () -> {};

    @Override
    public int add(List<Capture> captures) throws StorageUnavailable {
        beforeAdding.run();
        if (away) {
            throw new StorageUnavailable("away", Duration.ofSeconds(1), null);
        }
        if (faulty) {
            throw new IllegalStateException("faulty");
        }
        List<Capture> known =
                captures.stream().filter(one -> one.call().keyId() != 0).toList();
        kept.addAll(known);
        return known.size();
    }

    @Override
    public List<CapturedCall> find(CaptureQuery query) {
        throw new UnsupportedOperationException("nobody searches here");
    }

    @Override
    public Optional<Capture> open(String requestId, Instant at, CaptureReader reader) {
        throw new UnsupportedOperationException("nobody reads here");
    }

    @Override
    public int delete(String requestId, CaptureReader reader) {
        throw new UnsupportedOperationException("nobody deletes here");
    }

    @Override
    public int deleteOf(long keyId, CaptureReader reader) {
        throw new UnsupportedOperationException("nobody deletes here");
    }

    @Override
    public List<CaptureReading> readings(int most) {
        throw new UnsupportedOperationException("nobody reads here");
    }
}
