package dev.mehari.limits;

/**
 * Asks for one call.
 *
 * @param key whose limits count
 * @param estimate reserved until the call is settled
 * @param onLost run at most once, on any thread, when the lease is gone while the call still runs (taken back by an
 *     operator, or lapsed because this instance stood still for too long): the call must end, since its slot may be another's
 */
public record LimitRequest(LimitedKey key, Charge estimate, Runnable onLost) {}
