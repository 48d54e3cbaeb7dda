package dev.mehari.testing;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Netty's leak detector, remembering what it found; named to Netty by the system property
 * {@code io.netty.customResourceLeakDetector}, which makes one per kind of resource.
 */
public final class CountingLeakDetector<T> extends ResourceLeakDetector<T> {
    // Netty makes the detectors itself, once per process, so there is nowhere else to keep this.
    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

    /** For Netty. */
    public CountingLeakDetector(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** For Netty. */
    @SuppressWarnings("deprecation")
    public CountingLeakDetector(Class<?> resourceType, int samplingInterval, long maxActive) {
        super(resourceType, samplingInterval, maxActive);
    }

    /** What has leaked so far: where each was last touched. */
    static List<String> leaks() {
        return LEAKS;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        LEAKS.add(resourceType + records);
        super.reportTracedLeak(resourceType, records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        LEAKS.add(resourceType);
        super.reportUntracedLeak(resourceType);
    }
}
