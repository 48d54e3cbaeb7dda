package dev.mehari.credential;

import dev.mehari.credential.RefreshObserver.Outcome;
import dev.mehari.credential.TokenStore.TokenState;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamStore;
import dev.mehari.upstream.UpstreamStore.Event;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where it is told how refreshes end: as events, as counts, and in the log when an operator has to do something. Blocks. */
public final class RefreshLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefreshLog.class);

    private final UpstreamStore events;
    private final RefreshObserver observer;
    private final Clock clock;

    public RefreshLog(UpstreamStore events, RefreshObserver observer, Clock clock) {
        this.events = events;
        this.observer = observer;
        this.clock = clock;
    }

    void refreshed(TokenState state) {
        observer.ended(Outcome.REFRESHED);
        note(state, "refreshed", "");
    }

    void refused(TokenState state, String reason) {
        observer.ended(Outcome.REFUSED);
        LOG.warn(
                "Credential {} of upstream {} is disabled: its token endpoint answered {}",
                state.name(),
                state.upstream(),
                reason);
        note(state, "refresh_failed", reason + ", disabled");
    }

    void failed(TokenState state, String reason) {
        observer.ended(Outcome.FAILED);
        note(state, "refresh_failed", reason);
    }

    // The refresh itself has been stored; it is not done again for want of an event.
    private void note(TokenState state, String what, String detail) {
        try {
            events.note(List.of(new Event(clock.instant(), state.upstream(), state.name(), what, detail)));
        } catch (StorageUnavailable away) {
            LOG.debug("The event {} of credential {} is lost", what, state.name(), away);
        }
    }
}
