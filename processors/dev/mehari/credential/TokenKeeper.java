package dev.mehari.credential;

import dev.mehari.credential.TokenStore.TokenState;
import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tokens of OAuth credentials fresh: looks every two seconds for those that are due by {@link RefreshPlan}, and
 * refreshes one at once when a call needs it. Until a new token is stored the old one is what calls use; no credential waits
 * for another one's refresh. How one of them goes is told by {@link Refresh}.
 *
 * <p>All methods return at once and are for any thread; what blocks runs where the constructor says.
 */
public final class TokenKeeper implements TokenRefresher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TokenKeeper.class);

    static final Duration SCAN_EVERY = Duration.ofSeconds(2);
    /** Refreshes under way beyond which none is begun ahead of a token's end. */
    static final int MOST_AHEAD = 32;

    private static final long WHEN_DUE = -1;

    /** Something to be done later. */
    @FunctionalInterface
    public interface Timer {
        void after(Duration wait, Runnable work);
    }

    /** Makes this instance know what is stored. Blocks. */
    @FunctionalInterface
    public interface Reload {
        void now() throws StorageUnavailable;
    }

    private final TokenStore store;
    private final TokenEndpoint endpoint;
    private final RefreshPlan plan;
    private final RefreshLog log;
    private final Reload reload;
    private final Executor blocking;
    private final Timer timer;
    private final Map<Long, Refresh> underWay = new HashMap<>();
    private final Map<Long, Integer> failures = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    /**
     * Refreshes by {@code plan} once {@link #start started}, on demand at once.
     *
     * @param reload run after each change, before those who waited for it go on
     * @param blocking where the store is used
     */
    public TokenKeeper(
            TokenStore store,
            TokenEndpoint endpoint,
            RefreshPlan plan,
            RefreshLog log,
            Reload reload,
            Executor blocking,
            Timer timer) {
        this.store = store;
        this.endpoint = endpoint;
        this.plan = plan;
        this.log = log;
        this.reload = reload;
        this.blocking = blocking;
        this.timer = timer;
    }

    /** From now on, tokens are refreshed ahead of their end. */
    public void start() {
        tick();
    }

    private void tick() {
        if (isClosed) {
            return;
        }
        try {
            blocking.execute(this::round);
        } catch (RejectedExecutionException full) {
            LOG.debug("No thread is free to look for tokens that end; trying again", full);
            later(SCAN_EVERY, this::tick);
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, the next round comes
    private void round() {
        try {
            scan();
        } catch (StorageUnavailable away) {
            LOG.debug("Tokens cannot be looked at; trying again", away);
        } catch (RuntimeException broken) {
            LOG.error("Looking for tokens that end failed", broken);
        } finally {
            later(SCAN_EVERY, this::tick);
        }
    }

    private void scan() throws StorageUnavailable {
        for (long credential : store.due(plan.horizon())) {
            if (isClosed || underWay() >= MOST_AHEAD) {
                return;
            }
            TokenState state = store.state(credential);
            if (state != null && plan.isDue(state)) {
                join(credential, WHEN_DUE, null);
            }
        }
    }

    private int underWay() {
        synchronized (underWay) {
            return underWay.size();
        }
    }

    /** Refreshes if the token is due by now: a newer one may be there that the caller does not know of yet. */
    @Override
    public void refresh(long credentialId, Runnable then) {
        join(credentialId, WHEN_DUE, then);
    }

    /**
     * Replaces the token of version {@code seen}, also if it is not due or a refresh has failed just now: one that was
     * revoked, or as an operator wishes.
     */
    public void renew(long credentialId, long seen, Runnable then) {
        join(credentialId, seen, then);
    }

    private void join(long credential, long replacing, @Nullable Runnable then) {
        Refresh refresh;
        boolean begins;
        synchronized (underWay) {
            Refresh running = underWay.get(credential);
            begins = running == null;
            refresh = running == null ? new Refresh(this, credential) : running;
            if (begins) {
                underWay.put(credential, refresh);
            }
            refresh.join(replacing, then);
        }
        if (isClosed) {
            refresh.end();
        } else if (begins) {
            refresh.start();
        }
    }

    /** Whoever asks from now on begins another one. */
    void ended(Refresh refresh) {
        synchronized (underWay) {
            underWay.remove(refresh.credential(), refresh);
        }
    }

    /** Runs {@code work} later; false when there is no later. */
    boolean later(Duration wait, Runnable work) {
        if (isClosed) {
            return false;
        }
        try {
            timer.after(wait, work);
            return true;
        } catch (RejectedExecutionException stopping) {
            LOG.debug("Nothing more is refreshed", stopping);
            return false;
        }
    }

    TokenStore store() {
        return store;
    }

    TokenEndpoint endpoint() {
        return endpoint;
    }

    RefreshPlan plan() {
        return plan;
    }

    RefreshLog log() {
        return log;
    }

    Reload reload() {
        return reload;
    }

    Executor blocking() {
        return blocking;
    }

    /** Refreshes of each credential that have failed in a row; absent for none. */
    Map<Long, Integer> failures() {
        return failures;
    }

    /** Begins no further refresh, and lets those who wait go on. */
    @Override
    public void close() {
        isClosed = true;
        List<Refresh> all;
        synchronized (underWay) {
            all = List.copyOf(underWay.values());
        }
        all.forEach(Refresh::release);
    }
}
