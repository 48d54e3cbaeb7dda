package dev.mehari.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * When which upstream as a whole is in trouble: now and then one of them, for some seconds. Between two storms there is less
 * time than a circuit breaker stays open, so that at times both are left alone. The same for the same seed.
 */
final class Storms {
    private static final Duration LONGEST_RUN = Duration.ofHours(1);

    private record Storm(int upstream, Duration from, Duration until) {}

    private final List<Storm> storms = new ArrayList<>();

    Storms(long seed, int upstreams) {
        SplittableRandom random = new SplittableRandom(seed);
        Duration at = Duration.ofMillis(random.nextInt(5_000, 15_000));
        while (at.compareTo(LONGEST_RUN) < 0) {
            Duration end = at.plusMillis(random.nextInt(2_000, 8_000));
            storms.add(new Storm(random.nextInt(upstreams), at, end));
            at = end.plusMillis(random.nextInt(35_000, 60_000));
        }
    }

    boolean isIn(int upstream, Duration sinceBeginning) {
        return storms.stream()
                .anyMatch(storm -> storm.upstream == upstream
                        && storm.from.compareTo(sinceBeginning) <= 0
                        && storm.until.compareTo(sinceBeginning) > 0);
    }
}
