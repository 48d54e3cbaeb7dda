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
    private final List<Runnable> beforeLastByte = new ArrayList<>(1);
    private @Nullable Runnable onClientGone;
    private boolean answered;
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

    void beforeLastByte(Runnable action) {
        synchronized (this) {
            if (!answered) {
                beforeLastByte.add(action);
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

    /** The end of the answer is about to be written. */
    void answered() {
        synchronized (this) {
            if (answered) {
                return;
            }
            answered = true;
        }
        run(beforeLastByte);
    }

    void end() {
        answered();
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        run(onEnd);
    }

    /** Runs actions to which none is added any more, so that no lock is needed. */
    private static void run(List<Runnable> actions) {
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                // One action's fault must not keep the others from giving back what they hold.
                LOG.error("What was to be done at the end of a call failed", e);
            }
        }
    }
}
