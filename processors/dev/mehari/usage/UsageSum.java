package dev.mehari.usage;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was used by all calls that are alike in some parts.
 *
 * @param of the value of each part that was asked for, as text: ids as whole numbers, the day as in 2026-01-31
 */
public record UsageSum(Map<UsagePart, String> of, UsageCounts counts) {
    public UsageSum {
        Map<UsagePart, String> copy = new EnumMap<>(UsagePart.class);
        copy.putAll(of);
        of = Collections.unmodifiableMap(copy);
    }
}
