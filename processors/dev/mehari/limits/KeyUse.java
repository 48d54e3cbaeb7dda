package dev.mehari.limits;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much of one limit is used now.
 *
 * @param used and reserved, in calls, tokens or nano-dollars
 * @param limit 0 for none
 * @param resetAt null where no time resets it
 */
public record KeyUse(
        LimitKind kind, long used, long limit, @Nullable Instant resetAt) {}
