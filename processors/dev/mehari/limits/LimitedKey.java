package dev.mehari.limits;

/**
 * A key that has limits.
 *
 * @param id of the key, as in the table {@code api_key}
 * @param limits as known to this instance, which may be a second behind
 */
public record LimitedKey(long id, KeyLimits limits) {}
