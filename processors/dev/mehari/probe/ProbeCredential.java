package dev.mehari.probe;

import dev.mehari.upstream.UpstreamCredential;

/** With what an upstream is asked. */
public sealed interface ProbeCredential {
    /** One of the pool's, whose faults are the pool's to judge. Its text form shows nothing of it. */
    record Pooled(UpstreamCredential header) implements ProbeCredential {
        @Override
        public String toString() {
            return "Pooled";
        }
    }

    /** The upstream's own, if it has one: the pool has none for it. */
    record Own() implements ProbeCredential {}

    /** None, since none that the pool has for the upstream may be used now; so it is not asked. */
    record NoneNow() implements ProbeCredential {}
}
