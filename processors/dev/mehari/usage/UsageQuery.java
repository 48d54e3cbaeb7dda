package dev.mehari.usage;

import java.time.LocalDate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which usage to show.
 *
 * @param keyId null for all keys
 * @param model null for all models
 * @param upstream null for all upstreams, empty for where it is not known
 * @param credentialId null for all credentials, 0 for calls without one of the pool
 * @param from first day, UTC
 * @param to last day, UTC
 * @param by what is told apart; all the rest is added up
 */
public record UsageQuery(
        @Nullable Long keyId,
        @Nullable String model,
        @Nullable String upstream,
        @Nullable Long credentialId,
        LocalDate from,
        LocalDate to,
        Set<UsagePart> by) {
    /** What is told apart where nobody says otherwise. */
    public static final Set<UsagePart> USUALLY =
            Collections.unmodifiableSet(EnumSet.of(UsagePart.KEY, UsagePart.MODEL, UsagePart.DAY));

    public UsageQuery {
        EnumSet<UsagePart> copy = EnumSet.noneOf(UsagePart.class);
        copy.addAll(by);
        by = Collections.unmodifiableSet(copy);
    }
}
