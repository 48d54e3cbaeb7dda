package dev.mehari.usage;

import java.time.LocalDate;
import java.util.Comparator;

/**
 * What usage is kept by. Ordered by all components from the first on, which all writers keep to, so that none waits for
 * another in turn.
 *
 * @param keyId 0 for anonymous callers
 * @param model as asked for, {@code unknown} where none was named, {@code other} beyond the bounds of {@code ModelNames}
 * @param upstream name of the one that answered; empty where it is not known
 * @param credentialId 0 where the upstream has none in the pool
 * @param day UTC, of the calls' ends
 */
public record UsageCell(long keyId, String model, String upstream, long credentialId, LocalDate day)
        implements Comparable<UsageCell> {
    private static final Comparator<UsageCell> ORDER = Comparator.comparingLong(UsageCell::keyId)
            .thenComparing(UsageCell::model)
            .thenComparing(UsageCell::upstream)
            .thenComparingLong(UsageCell::credentialId)
            .thenComparing(UsageCell::day);

    @Override
    public int compareTo(UsageCell other) {
        return ORDER.compare(this, other);
    }
}
