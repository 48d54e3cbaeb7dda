package dev.mehari.app;

import dev.mehari.relay.RelayHttpComponent;
import dev.mehari.telemetry.PoolView;

/** Upstream connections as telemetry wants to see them. */
record PoolState(RelayHttpComponent relay) implements PoolView {
    @Override
    public int busy() {
        return Math.max(0, relay.upstreamConnections() - relay.idleUpstreamConnections());
    }

    @Override
    public int idle() {
        return relay.idleUpstreamConnections();
    }
}
