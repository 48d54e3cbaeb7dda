package dev.mehari.eip.throttle;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The windows of all {@code throttle} steps that have an id, by step id and period. Kept for good: there are as many as anyone has
 * written steps, and each is small. Any thread.
 */
public final class KeptWindows {
    /** As many steps as nobody writes; beyond it a step begins with windows of its own. */
    private static final int MAX = 1_000;

    private final Map<String, ThrottleWindows> byStep = new ConcurrentHashMap<>();

    ThrottleWindows of(String step, long periodMillis) {
        String name = step + " " + periodMillis;
        ThrottleWindows known = byStep.get(name);
        if (known != null) {
            return known;
        }
        return byStep.size() < MAX
                ? byStep.computeIfAbsent(name, made -> ThrottleWindows.ofMillis(periodMillis))
                : ThrottleWindows.ofMillis(periodMillis);
    }
}
