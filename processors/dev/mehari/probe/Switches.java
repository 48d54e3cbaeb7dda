package dev.mehari.probe;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamStore;
import dev.mehari.upstream.UpstreamStore.Event;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down when calls begin to go elsewhere because the upstream that they would go to cannot be used, and when they go
 * there again: one event {@code switched} each. Fast, for any thread; the event is stored elsewhere.
 */
public final class Switches {
    private static final Logger LOG = LoggerFactory.getLogger(Switches.class);
    /** An upstream whose breaker opens and closes all the time is not worth more events than that. */
    private static final long LEAST_MILLIS_BETWEEN = 1_000;

    /** How calls for one upstream go now. */
    private record Course(boolean isElsewhere, long sinceMillis) {}

    private final ConcurrentMap<String, Course> courses = new ConcurrentHashMap<>();
    private final UpstreamStore store;
    private final Executor blocking;
    private final Clock clock;

    /** @param blocking where the store is used */
    public Switches(UpstreamStore store, Executor blocking, Clock clock) {
        this.store = store;
        this.blocking = blocking;
        this.clock = clock;
    }

    /**
     * A call was answered by {@code chosen} in its try number {@code tries}. Among upstreams of one priority a call may go
     * to any in its first try; then it says nothing.
     */
    public void answered(Upstream preferred, Upstream chosen, int tries) {
        boolean isAsGood =
                tries == 1 && preferred.options().priority() == chosen.options().priority();
        chosen(isAsGood ? chosen : preferred, chosen);
    }

    /**
     * A call goes to {@code chosen}.
     *
     * @param preferred where it would go if all upstreams could be used; among several that are as good, {@code chosen}
     */
    public void chosen(Upstream preferred, Upstream chosen) {
        boolean isElsewhere = !preferred.name().equals(chosen.name());
        Course known = courses.get(preferred.name());
        if (known == null ? !isElsewhere : known.isElsewhere() == isElsewhere) {
            return;
        }
        long now = clock.millis();
        if (known != null && now - known.sinceMillis() < LEAST_MILLIS_BETWEEN) {
            return;
        }
        Course next = new Course(isElsewhere, now);
        boolean isOurs = known == null
                ? courses.putIfAbsent(preferred.name(), next) == null
                : courses.replace(preferred.name(), known, next);
        if (isOurs) {
            note(preferred, isElsewhere ? "to " + chosen.name() : "back");
        }
    }

    private void note(Upstream preferred, String detail) {
        LOG.info("Calls for upstream {} go {}", preferred.name(), detail);
        Event event = new Event(clock.instant(), preferred.name(), null, "switched", detail);
        try {
            blocking.execute(() -> {
                try {
                    store.note(List.of(event));
                } catch (StorageUnavailable away) {
                    LOG.debug("The event switched of upstream {} is lost", preferred.name(), away);
                }
            });
        } catch (RejectedExecutionException full) {
            LOG.debug("The event switched of upstream {} is lost", preferred.name(), full);
        }
    }
}
