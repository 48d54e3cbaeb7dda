package dev.mehari.probe;

import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import org.jspecify.annotations.Nullable;

/** With what upstreams are asked. Fast, for any thread. */
@FunctionalInterface
public interface ProbeHeaders {
    /** A usable stored credential of {@code upstream}; null when it has none, so that its own is used, if it has that. */
    @Nullable
    UpstreamCredential of(Upstream upstream);
}
