package dev.mehari.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * When which of two upstreams is in trouble as a whole, for some seconds now and then. The same for the same seed.
 */
final class Storms {
    private static final Duration LONGEST_RUN = Duration.ofHours(1);

    /** @param upstream -1 for both */
    private record Storm(int upstream, Duration from, Duration until) {}

    private final List<Storm> storms = new ArrayList<>();

    private Storms(long seed, boolean both, int leastPause, int longestPause) {
        SplittableRandom random = new SplittableRandom(seed);
        Duration at = Duration.ofMillis(random.nextInt(5_000, 15_000));
        while (at.compareTo(LONGEST_RUN) < 0) {
            Duration end = at.plusMillis(random.nextInt(2_000, 8_000));
            storms.add(new Storm(both ? -1 : random.nextInt(2), at, end));
            at = end.plusMillis(random.nextInt(leastPause, longestPause));
        }
    }

    /** One at a time, with pauses shorter than a circuit breaker is open, so that at times both are left alone. */
    static Storms overOne(long seed) {
        return new Storms(seed, false, 35_000, 60_000);
    }

    static Storms overBoth(long seed) {
        return new Storms(seed, true, 10_000, 20_000);
    }

    boolean isIn(int upstream, Duration sinceBeginning) {
        return storms.stream()
                .anyMatch(storm -> (storm.upstream < 0 || storm.upstream == upstream)
                        && storm.from.compareTo(sinceBeginning) <= 0
                        && storm.until.compareTo(sinceBeginning) > 0);
    }
}
