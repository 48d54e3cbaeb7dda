package dev.mehari.app;

import dev.mehari.relay.UpstreamLocation;
import dev.mehari.relay.UpstreamLocation.TimeLimits;
import dev.mehari.relay.UpstreamLocation.TlsTrust;
import dev.mehari.upstream.ForwardProxy;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamOptions.Timeouts;
import dev.mehari.upstream.UpstreamOptions.Trust;
import java.time.Duration;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the relay finds upstreams. Remembers the answer for each upstream object, of which there are few; replaced as a whole,
 * so that looking one up takes no lock.
 */
final class UpstreamLocations {
    private static final int MAX = 1_000;

    private volatile IdentityHashMap<Upstream, UpstreamLocation> known = new IdentityHashMap<>();

    UpstreamLocation of(Upstream upstream) {
        UpstreamLocation found = known.get(upstream);
        return found != null ? found : add(upstream);
    }

    private synchronized UpstreamLocation add(Upstream upstream) {
        IdentityHashMap<Upstream, UpstreamLocation> more =
                known.size() >= MAX ? new IdentityHashMap<>() : new IdentityHashMap<>(known);
        UpstreamLocation found = location(upstream);
        more.put(upstream, found);
        known = more;
        return found;
    }

    private static UpstreamLocation location(Upstream upstream) {
        ForwardProxy proxy = upstream.forwardProxy();
        Trust trust = upstream.options().trust();
        Timeouts timeouts = upstream.options().timeouts();
        return new UpstreamLocation(
                upstream.tls(),
                upstream.host(),
                upstream.port(),
                upstream.basePath(),
                proxy == null ? null : proxy.host(),
                proxy == null ? 0 : proxy.port(),
                new TlsTrust(trust.authority(), trust.verify()),
                new TimeLimits(
                        nanos(timeouts.connect()),
                        nanos(timeouts.firstByte()),
                        nanos(timeouts.idle()),
                        nanos(timeouts.total())));
    }

    private static long nanos(@Nullable Duration own) {
        return own == null ? -1 : own.toNanos();
    }
}
