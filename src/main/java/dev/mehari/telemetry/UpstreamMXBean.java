package dev.mehari.telemetry;

import java.util.Map;

/** The upstream's breaker and connections, as JMX shows them. */
@Described("The circuit breaker and the connections of the upstream")
public interface UpstreamMXBean {
    @Described("Base URLs of the upstreams")
    String getTarget();

    @Described("True while a circuit breaker turns calls away")
    boolean isCircuitOpen();

    @Described("State of the circuit breaker, by upstream: closed, half_open, open or forced_open")
    Map<String, String> getBreakers();

    @Described("Failures since the last success")
    int getConsecutiveFailures();

    @Described("Connections that carry a request")
    int getBusyConnections();

    @Described("Connections kept for the next request")
    int getIdleConnections();
}
