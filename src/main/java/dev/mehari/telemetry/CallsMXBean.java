package dev.mehari.telemetry;

import java.util.Map;

/** Calls, as JMX shows them. */
@Described("Calls since start")
public interface CallsMXBean {
    @Described(value = "Calls that have ended", unit = "calls")
    long getTotal();

    @Described(value = "Calls answered completely with a status below 400", unit = "calls")
    long getSuccessful();

    @Described(value = "Calls answered with an error, refused ones included, or broken off", unit = "calls")
    long getFailed();

    @Described(value = "Calls that the gateway said no to", unit = "calls")
    long getRefused();

    @Described(value = "Refused calls by reason", unit = "calls")
    Map<String, Long> getRefusals();

    @Described(value = "Calls whose client left first", unit = "calls")
    long getCancelled();

    @Described(value = "Calls answered 504", unit = "calls")
    long getTimeouts();

    @Described(value = "Calls that have begun and not ended", unit = "calls")
    long getOpen();

    @Described(value = "Calls ended per second, over the last 4 full seconds", unit = "calls/s")
    double getCurrentRps();

    @Described(value = "Successful among successful and failed, in percent", unit = "%")
    double getSuccessRate();

    @Described(value = "Median duration in milliseconds", unit = "ms")
    double getP50Millis();

    @Described(value = "95th percentile of the duration in milliseconds", unit = "ms")
    double getP95Millis();

    @Described(value = "99th percentile of the duration in milliseconds", unit = "ms")
    double getP99Millis();
}
