package dev.mehari.telemetry;

import java.util.Map;

/** Calls, as JMX shows them. */
@Described("Calls since start")
public interface CallsMXBean {
    @Described("Calls that have ended")
    long getTotal();

    @Described("Calls answered completely with a status below 400")
    long getSuccessful();

    @Described("Calls answered with an error, refused ones included, or broken off")
    long getFailed();

    @Described("Calls that the gateway said no to")
    long getRefused();

    @Described("Refused calls by reason")
    Map<String, Long> getRefusals();

    @Described("Calls whose client left first")
    long getCancelled();

    @Described("Calls answered 504")
    long getTimeouts();

    @Described("Calls that have begun and not ended")
    long getOpen();

    @Described("Calls ended per second, over the last 4 full seconds")
    double getCurrentRps();

    @Described("Successful among successful and failed, in percent")
    double getSuccessRate();

    @Described("Median duration in milliseconds")
    double getP50Millis();

    @Described("95th percentile of the duration in milliseconds")
    double getP95Millis();

    @Described("99th percentile of the duration in milliseconds")
    double getP99Millis();
}
