package dev.mehari.credential;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults of ours in what has to go on all the same. The log gets each kind once with its cause, at level error, and briefly
 * at level debug from then on. For any thread.
 */
final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    /** Where, and of which class; both are bounded. */
    private record Kind(String doing, Class<?> fault) {}

    private final Set<Kind> told = ConcurrentHashMap.newKeySet();

    /** Runs {@code work}, whose fault ends nothing else. */
    @SuppressWarnings("IllegalCatch") // whatever fails, what comes after it is done
    void survive(String doing, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error fault) {
            note(doing, fault);
        }
    }

    /** @param doing one of a few sentences' beginnings, such as "Serving calls that wait" */
    void note(String doing, Throwable fault) {
        if (told.add(new Kind(doing, fault.getClass()))) {
            LOG.error("{} failed; going on", doing, fault);
        } else {
            LOG.debug("{} failed again: {}", doing, fault.getMessage());
        }
    }
}
