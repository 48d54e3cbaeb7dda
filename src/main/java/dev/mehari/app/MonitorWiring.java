package dev.mehari.app;

import dev.mehari.admin.ShowMonitor;
import dev.mehari.admission.AdmissionGate;
import dev.mehari.caller.Caller;
import dev.mehari.eip.breaker.UpstreamBreakers;
import dev.mehari.limits.KeyQueues;
import dev.mehari.relay.RelayHttpComponent;
import dev.mehari.telemetry.CallObserver;
import dev.mehari.telemetry.KeyTraffic;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.main.Main;

/** Builds what {@code mehari monitor} looks at. */
final class MonitorWiring {
    private final KeyTraffic traffic = new KeyTraffic(System::nanoTime);
    private final String host = host();

    /** To be told of the caller of each call. */
    void identified(Caller caller) {
        traffic.identified(caller);
    }

    /** To be told of each call's end. */
    CallObserver observer() {
        return traffic;
    }

    /**
     * Binds what routes name.
     *
     * @param upstreams names of all that there are
     */
    void bindTo(
            Main main,
            Management management,
            AdmissionGate gate,
            KeyQueues queues,
            RelayHttpComponent relay,
            PoolWiring pool,
            UpstreamBreakers breakers,
            Supplier<Collection<String>> upstreams) {
        main.bind(
                "showMonitor",
                new ShowMonitor(new MonitorState(
                        () -> host + ports(relay.ports()),
                        management::state,
                        management.calls(),
                        traffic,
                        gate,
                        queues,
                        relay,
                        pool.pool(),
                        new BreakersOffice(breakers, upstreams),
                        pool::stateOf)));
    }

    private static String ports(List<Integer> ports) {
        return ports.isEmpty() ? "" : ":" + ports.get(0);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
