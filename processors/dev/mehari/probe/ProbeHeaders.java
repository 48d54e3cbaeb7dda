package dev.mehari.probe;

import dev.mehari.upstream.Upstream;

/** Knows with what upstreams are asked. Fast, for any thread. */
@FunctionalInterface
public interface ProbeHeaders {
    ProbeCredential of(Upstream upstream);
}
