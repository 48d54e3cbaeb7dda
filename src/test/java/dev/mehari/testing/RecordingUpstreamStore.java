package dev.mehari.testing;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Marks and events in memory, which a restart of what uses it survives; can be away. */
public final class RecordingUpstreamStore implements UpstreamStore {
    private final Map<String, Failed> failed = new LinkedHashMap<>();
    private final List<Event> events = new ArrayList<>();
    private boolean away;

    public synchronized void away(boolean isAway) {
        away = isAway;
    }

    /** All events, as {@code what upstream/credential detail}. */
    public synchronized List<String> told() {
        return events.stream()
                .map(event -> event.what() + " " + event.upstream()
                        + (event.credential() == null ? "" : "/" + event.credential()) + " " + event.detail())
                .map(String::strip)
                .toList();
    }

    @Override
    public List<Upstream> load() {
        return List.of();
    }

    @Override
    public synchronized List<Failed> failed() throws StorageUnavailable {
        check();
        return List.copyOf(failed.values());
    }

    @Override
    public synchronized void markFailed(String upstream, String reason) throws StorageUnavailable {
        check();
        if (failed.putIfAbsent(upstream, new Failed(upstream, reason, Instant.EPOCH)) == null) {
            events.add(new Event(Instant.EPOCH, upstream, null, "failed", reason));
        }
    }

    @Override
    public synchronized void markRecovered(String upstream) throws StorageUnavailable {
        check();
        if (failed.remove(upstream) != null) {
            events.add(new Event(Instant.EPOCH, upstream, null, "recovered", ""));
        }
    }

    @Override
    public synchronized void note(List<Event> more) throws StorageUnavailable {
        check();
        events.addAll(more);
    }

    private void check() throws StorageUnavailable {
        if (away) {
            throw new StorageUnavailable("away", Duration.ofSeconds(1), null);
        }
    }
}
