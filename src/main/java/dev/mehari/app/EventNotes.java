package dev.mehari.app;

import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.PoolObserver;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamStore;
import dev.mehari.upstream.UpstreamStore.Event;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what happens to breakers and credentials, for operators. What cannot be written at once is only logged. */
final class EventNotes implements BreakerListener, PoolObserver {
    private static final Logger LOG = LoggerFactory.getLogger(EventNotes.class);
    private static final String CLOSED = "CLOSED";
    private static final String OPEN = "OPEN";

    private final UpstreamStore store;
    private final Executor blocking;
    private final Clock clock;

    /** @param blocking where the store is used */
    EventNotes(UpstreamStore store, Executor blocking, Clock clock) {
        this.store = store;
        this.blocking = blocking;
        this.clock = clock;
    }

    @Override
    public void changed(String upstream, String from, String to) {
        if (to.endsWith(OPEN) && !to.startsWith("HALF")) {
            note(upstream, null, "breaker_opened", "was " + from);
        } else if (to.equals(CLOSED)) {
            note(upstream, null, "breaker_closed", "was " + from);
        }
    }

    @Override
    public void benched(Credential credential, Bench bench) {
        String model = bench.model().isEmpty() ? "" : " for model " + bench.model();
        note(
                credential.upstream(),
                credential.name(),
                "benched",
                bench.reason() + " (" + bench.status() + ")" + model + " until " + bench.until());
    }

    @Override
    public void returned(Credential credential, String model) {
        note(credential.upstream(), credential.name(), "returned", model.isEmpty() ? "" : "for model " + model);
    }

    @Override
    public void banned(Credential credential, int status) {
        note(credential.upstream(), credential.name(), "banned", "answered " + status);
    }

    private void note(String upstream, @Nullable String credential, String what, String detail) {
        Event event = new Event(clock.instant(), upstream, credential, what, detail);
        try {
            blocking.execute(() -> write(event));
        } catch (RejectedExecutionException full) {
            LOG.warn("Not written down: {}", event, full);
        }
    }

    private void write(Event event) {
        try {
            store.note(List.of(event));
        } catch (StorageUnavailable away) {
            LOG.warn("Not written down: {}", event, away);
        }
    }
}
