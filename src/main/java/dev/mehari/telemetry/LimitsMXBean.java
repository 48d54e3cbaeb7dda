package dev.mehari.telemetry;

import java.util.Map;

/** Limits of keys, as JMX shows them. */
@Described("Limits of keys on this instance, all keys together")
public interface LimitsMXBean {
    @Described(value = "Leases held by calls of this instance", unit = "leases")
    int getLeases();

    @Described(value = "Calls that wait in their keys' queues", unit = "calls")
    int getWaiting();

    @Described(value = "Calls of keys with limits since start, by what was decided", unit = "calls")
    Map<String, Long> getDecisions();
}
