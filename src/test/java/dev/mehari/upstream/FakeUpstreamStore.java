package dev.mehari.upstream;

import dev.mehari.caller.AllowList;
import dev.mehari.config.TargetConfig;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamOptions.Choice;
import dev.mehari.upstream.UpstreamOptions.Timeouts;
import dev.mehari.upstream.UpstreamOptions.Trust;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Stored upstreams in a list. */
final class FakeUpstreamStore implements UpstreamStore {
    static final TargetConfig NOTHING = new TargetConfig(null, 80, false, "", null, null, null, null);

    private final List<Upstream> stored = new ArrayList<>();

    FakeUpstreamStore with(Upstream... upstreams) {
        stored.clear();
        stored.addAll(List.of(upstreams));
        return this;
    }

    /** The directory of what is stored, beside the simulated upstream. */
    Upstreams directory() throws StorageUnavailable {
        Upstreams upstreams = Upstreams.from(NOTHING, URI.create("http://127.0.0.1:9999"), this);
        upstreams.reload();
        return upstreams;
    }

    static Upstream upstream(String name, Dialect dialect, int priority, int weight) {
        return upstream(name, dialect, priority, weight, AllowList.ALL, Map.of());
    }

    static Upstream upstream(
            String name, Dialect dialect, int priority, int weight, AllowList models, Map<String, String> aliases) {
        return Upstream.at(name, dialect, URI.create("https://" + name + ".example"), null, null)
                .stored(
                        name.hashCode(),
                        new UpstreamOptions(
                                priority,
                                weight,
                                0,
                                models,
                                aliases,
                                Choice.WEIGHTED,
                                1,
                                Duration.ZERO,
                                Timeouts.GATEWAYS,
                                Trust.SYSTEM,
                                null));
    }

    @Override
    public List<Upstream> load() {
        return List.copyOf(stored);
    }

    @Override
    public List<Failed> failed() {
        return List.of();
    }

    @Override
    public void markFailed(String upstream, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void markRecovered(String upstream) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void note(List<Event> events) {
        throw new UnsupportedOperationException();
    }
}
