package dev.mehari.simulator;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers how often the requests with a key have failed, for the {@value #MOST_KEYS} keys used last. Any thread. */
final class FailedAttempts {
    private static final int MOST_KEYS = 10_000;

    private final Map<String, Integer> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MOST_KEYS;
        }
    };

    /** Counts one more failure of {@code key} and returns true, unless it has failed {@code times} before. */
    synchronized boolean failAgain(String key, int times) {
        int before = failures.getOrDefault(key, 0);
        if (before >= times) {
            return false;
        }
        failures.put(key, before + 1);
        return true;
    }
}
