package dev.mehari.credential;

import dev.mehari.exchange.Dialect;
import dev.mehari.upstream.Upstream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for a place, first come, first served among those that wait for the same. Whoever gives something
 * back serves those who wait, in turns with others that do. For any thread.
 */
final class WaitingCalls {
    static final int MOST = 10_000;

    /** Those that are configured have the same name for every dialect. */
    private record Called(String name, Dialect dialect) {
        static Called as(Upstream upstream) {
            return new Called(upstream.name(), upstream.dialect());
        }
    }

    private final CredentialPool pool;
    private final Map<WaitingCall.Kind, Deque<WaitingCall>> lines = new LinkedHashMap<>();
    private final AtomicInteger wakes = new AtomicInteger();
    private final Faults faults = new Faults();
    private volatile Map<Called, Upstream> upstreams = Map.of();
    private volatile int waiting;

    WaitingCalls(CredentialPool pool) {
        this.pool = pool;
    }

    int waiting() {
        return waiting;
    }

    /** True when calls wait for what another wants: it has to wait behind them. */
    boolean isWaitedFor(List<Upstream> candidates, @Nullable String model) {
        if (waiting == 0) {
            return false;
        }
        WaitingCall.Kind kind = WaitingCall.kind(candidates, model);
        synchronized (this) {
            return lines.containsKey(kind);
        }
    }

    /**
     * False when too many wait; else it is served as soon as there is something for it, perhaps before this returns. One
     * whose wait is over already does not stand in line.
     */
    boolean enter(WaitingCall call) {
        synchronized (this) {
            if (call.isOver()) {
                return true;
            }
            if (waiting >= MOST) {
                return false;
            }
            lines.computeIfAbsent(call.kind(), kind -> new ArrayDeque<>()).add(call);
            waiting++;
        }
        wake(); // something may have come free since it asked
        return true;
    }

    /** It waits no longer. */
    synchronized void leave(WaitingCall call) {
        Deque<WaitingCall> line = lines.get(call.kind());
        if (line != null && line.remove(call)) {
            waiting--;
            if (line.isEmpty()) {
                lines.remove(call.kind());
            }
        }
    }

    /** What upstreams allow now; who waits for one of them may do so in vain. */
    void upstreamsAre(List<Upstream> all) {
        Map<Called, Upstream> now = new HashMap<>();
        all.forEach(one -> now.put(Called.as(one), one));
        upstreams = Map.copyOf(now);
        wake();
    }

    /** The same ones with what holds for them now; one that is not known any more stays as it was. */
    List<Upstream> asTheyAre(List<Upstream> before) {
        Map<Called, Upstream> now = upstreams;
        return before.stream().map(one -> now.getOrDefault(Called.as(one), one)).toList();
    }

    /** Something may be free. */
    void wake() {
        if (waiting == 0 || wakes.getAndIncrement() > 0) {
            return; // whoever serves now will do so once more
        }
        int seen = 1;
        do {
            serve();
            seen = wakes.addAndGet(-seen);
        } while (seen > 0);
    }

    // One that a fault keeps in line is asked again with the next wake.
    private void serve() {
        faults.survive("Looking who waits for credentials", () -> {
            for (WaitingCall.Kind kind : kinds()) {
                faults.survive("Serving calls that wait for credentials", () -> serve(kind));
            }
        });
    }

    private void serve(WaitingCall.Kind kind) {
        WaitingCall first = first(kind);
        while (first != null) {
            Taking taking = first.ask(pool);
            if (taking instanceof Taking.Busy) {
                return;
            }
            leave(first);
            first.hand(taking);
            first = first(kind);
        }
    }

    private synchronized List<WaitingCall.Kind> kinds() {
        return new ArrayList<>(lines.keySet());
    }

    private synchronized @Nullable WaitingCall first(WaitingCall.Kind kind) {
        Deque<WaitingCall> line = lines.get(kind);
        return line == null ? null : line.peek();
    }
}
