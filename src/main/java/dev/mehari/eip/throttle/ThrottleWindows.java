package dev.mehari.eip.throttle;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What a {@code throttle} step has let in, kept beside the step: while its route is exchanged for the next version the step is
 * there twice, and the limit holds for both together. For steps that refuse; those that let exchanges wait have their own.
 */
record ThrottleWindows(Map<String, KeyThrottle> keys, KeyThrottle single) {
    static ThrottleWindows ofMillis(long period) {
        return new ThrottleWindows(new ConcurrentHashMap<>(), new KeyThrottle(TimeUnit.MILLISECONDS.toNanos(period)));
    }
}
