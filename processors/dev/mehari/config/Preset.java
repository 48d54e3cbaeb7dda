package dev.mehari.config;

import java.util.Map;

/** Ready-made set-ups: a layer just above the defaults, so that every key can still be set on top of one. */
public enum Preset {
    /** The defaults. */
    NONE,
    /** Calls of minutes. */
    LONG_CALLS,
    /** Many callers at once. */
    HIGH_LOAD,
    /** Short calls; a slow upstream is given up early. */
    LOW_LATENCY;

    /** What it sets, by key. */
    public Map<String, String> settings() {
        return switch (this) {
            case NONE -> Map.of();
            case LONG_CALLS -> Map.of("mehari.upstream.read-timeout", "300s", "mehari.proxy.max-concurrent", "100");
            case HIGH_LOAD -> Map.of("mehari.proxy.max-concurrent", "200", "mehari.proxy.max-queue", "500");
            case LOW_LATENCY -> Map.of("mehari.proxy.max-concurrent", "50", "mehari.upstream.read-timeout", "30s");
        };
    }
}
