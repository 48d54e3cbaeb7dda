package dev.mehari.limits;

import java.time.Instant;

/**
 * A lease as operators see it.
 *
 * @param id unique among all instances
 * @param keyId of the key that it counts against
 * @param owner number of the instance start that holds it
 * @param grantedAt when the call began
 * @param expiresAt when it lapses unless renewed
 * @param calls that it is for: one; more, or none but their requests, that were granted ahead and may not have begun
 * @param reserved what is reserved until it is settled
 */
public record LeaseState(
        long id, long keyId, int owner, Instant grantedAt, Instant expiresAt, int calls, Charge reserved) {}
