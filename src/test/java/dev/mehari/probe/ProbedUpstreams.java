package dev.mehari.probe;

import dev.mehari.caller.AllowList;
import dev.mehari.exchange.Dialect;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Choice;
import dev.mehari.upstream.UpstreamOptions.Probe;
import dev.mehari.upstream.UpstreamOptions.Timeouts;
import dev.mehari.upstream.UpstreamOptions.Trust;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Upstreams as tests of probing need them. */
final class ProbedUpstreams {
    private ProbedUpstreams() {}

    static Upstream of(String name, Dialect dialect, int port, @Nullable Probe probe) {
        return of(name, dialect, port, probe, List.of(), Map.of("fast", "real-fast"));
    }

    static Upstream of(
            String name,
            Dialect dialect,
            int port,
            @Nullable Probe probe,
            List<String> models,
            Map<String, String> aliases) {
        UpstreamOptions options = new UpstreamOptions(
                50,
                1,
                0,
                new AllowList(models),
                aliases,
                Choice.WEIGHTED,
                1,
                Duration.ZERO,
                Timeouts.GATEWAYS,
                Trust.SYSTEM,
                probe);
        return Upstream.at(
                        name,
                        dialect,
                        URI.create("http://127.0.0.1:" + port + "/base/v1"),
                        null,
                        new UpstreamCredential("x-own", "own-secret"))
                .stored(1, options);
    }

    static Probe every(Duration interval, @Nullable String model) {
        return new Probe(interval, model);
    }
}
