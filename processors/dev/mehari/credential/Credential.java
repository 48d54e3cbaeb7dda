package dev.mehari.credential;

import dev.mehari.caller.AllowList;
import dev.mehari.upstream.UpstreamCredential;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What Mehari authenticates itself with at one upstream, as the store has it. Its text form shows no secret.
 *
 * @param id in the table {@code credential}
 * @param upstream name of the upstream
 * @param name unique for its upstream; for people, logs and metrics
 * @param header what is sent; null for an OAuth credential that has no token yet
 * @param tokenExpires when {@code header} ends; null when it does not, or nobody knows
 * @param tokenVersion counts the tokens it has had; 0 for one that needs no refreshing
 * @param tokenRests until when no new token is asked for, since a refresh has failed; null when none has
 * @param priority 1..100, lower first
 * @param weight share among those of one priority, 1..1000
 * @param maxConcurrent calls under way on each instance, 0 for no limit
 * @param dailyQuota calls per UTC day of all instances together, 0 for no limit
 * @param userGap least time between two messages that people send with it; zero for none
 * @param models what it may be used for, by the names that callers use
 * @param enabled false once an operator, a ban or a refused refresh has disabled it
 */
public record Credential(
        long id,
        String upstream,
        String name,
        Kind kind,
        @Nullable UpstreamCredential header,
        @Nullable Instant tokenExpires,
        long tokenVersion,
        @Nullable Instant tokenRests,
        int priority,
        int weight,
        int maxConcurrent,
        long dailyQuota,
        Duration userGap,
        AllowList models,
        boolean enabled) {

    /** How it authenticates. */
    public enum Kind {
        /** In the header of the upstream's dialect: {@code x-api-key} for Anthropic, else {@code Authorization: Bearer}. */
        API_KEY,
        /** As {@code Authorization: Bearer}. */
        BEARER,
        /** As {@code Authorization: Bearer} with an access token, which is fetched with a refresh token. */
        OAUTH,
        /** In a header of its own. */
        HEADER
    }
}
