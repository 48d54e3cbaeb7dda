package dev.mehari.upstream;

import dev.mehari.exchange.Dialect;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Which upstreams take the calls of a dialect, at one time. A stored upstream takes calls of its dialect, a stored plain one
 * those of every dialect. A configured one takes them beside the stored ones, unless it only stands in for them or one of
 * them has its name.
 */
final class UpstreamDirectory {
    private static final Comparator<Upstream> BY_PRIORITY =
            Comparator.comparingInt(upstream -> upstream.options().priority());

    private final Map<Dialect, List<Upstream>> byDialect = new EnumMap<>(Dialect.class);

    UpstreamDirectory(ConfiguredUpstreams configured, List<Upstream> stored) {
        for (Dialect dialect : Dialect.values()) {
            List<Upstream> all = new ArrayList<>();
            for (Upstream upstream : stored) {
                if (upstream.dialect() == dialect || upstream.dialect() == Dialect.PLAIN) {
                    all.add(upstream);
                }
            }
            Upstream other = configured.forDialect(dialect);
            if (other != null
                    && (all.isEmpty() || !configured.standIn())
                    && stored.stream().noneMatch(one -> one.name().equals(other.name()))) {
                all.add(other);
            }
            all.sort(BY_PRIORITY);
            byDialect.put(dialect, List.copyOf(all));
        }
    }

    /** By priority; of one priority in no particular order. Empty when no upstream takes such calls. */
    List<Upstream> forDialect(Dialect dialect) {
        return byDialect.getOrDefault(dialect, List.of());
    }
}
