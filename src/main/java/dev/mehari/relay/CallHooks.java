package dev.mehari.relay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What others want done when a call ends or its client leaves. Safe for use by several threads. */
final class CallHooks {
    private static final Logger LOG = LoggerFactory.getLogger(CallHooks.class);

    private final List<Runnable> onEnd = new ArrayList<>(4);
    private @Nullable Runnable onClientGone;
    private boolean ended;
    private volatile boolean gone;

    void onEnd(Runnable action) {
        synchronized (this) {
            if (!ended) {
                onEnd.add(action);
                return;
            }
        }
        action.run();
    }

    void onClientGone(Runnable action) {
        synchronized (this) {
            if (!gone) {
                onClientGone = action;
                return;
            }
        }
        action.run();
    }

    synchronized void clearClientGone(Runnable action) {
        if (onClientGone == action) {
            onClientGone = null;
        }
    }

    boolean isClientGone() {
        return gone;
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /** Runs what is to be done when the client leaves; false when it had left, or the call had ended, before. */
    boolean clientGone() {
        Runnable action;
        synchronized (this) {
            if (gone || ended) {
                return false;
            }
            gone = true;
            action = onClientGone;
            onClientGone = null;
        }
        if (action != null) {
            action.run();
        }
        return true;
    }

    /** The same for a call that has been answered while work for it was going on. */
    void abandon() {
        Runnable action;
        synchronized (this) {
            gone = true;
            action = onClientGone;
            onClientGone = null;
        }
        if (action != null) {
            action.run();
        }
    }

    void end() {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        // Nothing is added any more, so the list may be read without the lock.
        for (Runnable action : onEnd) {
            try {
                action.run();
            } catch (RuntimeException e) {
                // One action's fault must not keep the others from giving back what they hold.
                LOG.error("What was to be done at the end of a call failed", e);
            }
        }
    }
}
