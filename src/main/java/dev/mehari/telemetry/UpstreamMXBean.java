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

    @Described(value = "Failures since the last success", unit = "failures")
    int getConsecutiveFailures();

    @Described(value = "Connections that carry a request", unit = "connections")
    int getBusyConnections();

    @Described(value = "Connections kept for the next request", unit = "connections")
    int getIdleConnections();

    @Described(value = "Tries that failed since start, by what became of the call then", unit = "tries")
    Map<String, Long> getRetries();

    @Described(value = "Health questions to each upstream since start, by what their answers said", unit = "questions")
    Map<String, Map<String, Long>> getProbes();
}
