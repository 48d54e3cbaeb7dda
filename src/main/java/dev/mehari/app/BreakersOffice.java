package dev.mehari.app;

import dev.mehari.admin.BreakersView;
import dev.mehari.eip.breaker.UpstreamBreakers;
import dev.mehari.eip.breaker.UpstreamBreakers.Status;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The breakers as the admin API wants to see them.
 *
 * @param upstreams names of all upstreams that there are
 */
record BreakersOffice(UpstreamBreakers breakers, Supplier<Collection<String>> upstreams) implements BreakersView {
    @Override
    public List<Breaker> all() {
        Map<String, Breaker> all = new TreeMap<>();
        for (String upstream : upstreams.get()) {
            all.put(upstream, new Breaker(upstream, "closed", Duration.ZERO, 0, 0, 0, 0, -1));
        }
        for (Status status : breakers.statuses()) {
            all.computeIfPresent(
                    status.upstream(),
                    (upstream, untouched) -> new Breaker(
                            upstream,
                            status.state().name().toLowerCase(Locale.ROOT),
                            status.retryAfter(),
                            status.calls(),
                            status.failures(),
                            status.slowCalls(),
                            status.notPermitted(),
                            status.failureRate()));
        }
        return List.copyOf(all.values());
    }

    @Override
    public void open(String upstream) {
        breakers.forceOpen(upstream);
    }

    @Override
    public void close(String upstream) {
        breakers.close(upstream);
    }

    @Override
    public void reset(String upstream) {
        breakers.reset(upstream);
    }
}
