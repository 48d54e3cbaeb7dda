package dev.mehari.probe;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamHealth;
import dev.mehari.upstream.UpstreamStore;
import dev.mehari.upstream.UpstreamStore.Failed;
import java.util.Collection;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which upstreams can be used, by two kinds of knowledge: the durable mark that probes set for all instances, and the
 * {@link Ejections} of this instance, which follow from how its calls end. Fast, for any thread; only {@link #reload} blocks.
 */
public final class UpstreamStates implements UpstreamHealth, Outcomes {
    private final UpstreamStore store;
    private final Ejections ejections;
    private volatile Map<String, Failed> failed = Map.of();

    /**
     * Nothing is known to be failed before the first {@link #reload}.
     *
     * @param upstreams all that are enabled, now
     * @param nanos a clock as {@link System#nanoTime()}
     */
    public UpstreamStates(UpstreamStore store, Supplier<? extends Collection<Upstream>> upstreams, LongSupplier nanos) {
        this.store = store;
        this.ejections = new Ejections(upstreams, upstream -> !isFailed(upstream.name()), nanos);
    }

    /** Knows the marks as they are stored: at start, and whenever they may have changed. Blocks. */
    public synchronized void reload() throws StorageUnavailable {
        failed = store.failed().stream()
                .collect(Collectors.toUnmodifiableMap(Failed::upstream, mark -> mark, (one, other) -> one));
    }

    /** What probes found. */
    @Override
    public boolean isUsable(Upstream upstream) {
        return !isFailed(upstream.name());
    }

    /** True while it is marked. */
    public boolean isFailed(String upstream) {
        return failed.containsKey(upstream);
    }

    /** True while this instance sends nothing there though it is not marked. */
    public boolean isEjected(String upstream) {
        return ejections.isOut(upstream);
    }

    @Override
    public void succeeded(String upstream) {
        ejections.succeeded(upstream);
    }

    @Override
    public void failed(String upstream, String reason) {
        ejections.failed(upstream, reason);
    }
}
