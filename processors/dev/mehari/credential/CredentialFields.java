package dev.mehari.credential;

import dev.mehari.caller.AllowList;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What operators decide about a credential, but for its secret.
 *
 * @param name unique for its upstream
 * @param email whose account it is; empty when nobody knows
 * @param header name of its header; null unless it is of kind {@link Credential.Kind#HEADER}
 * @param priority 1..100, lower first
 * @param weight 1..1000
 * @param maxConcurrent calls under way on each instance, 0 for no limit
 * @param dailyQuota calls per UTC day, 0 for no limit
 * @param userGap least time between two messages of people, at most 60 s; zero for none
 */
public record CredentialFields(
        String name,
        String email,
        @Nullable String header,
        int priority,
        int weight,
        int maxConcurrent,
        long dailyQuota,
        Duration userGap,
        AllowList models,
        boolean enabled) {
    /** Those of a credential of which only this is known. */
    public static CredentialFields named(String name) {
        return new CredentialFields(name, "", null, 50, 1, 0, 0, Duration.ZERO, AllowList.ALL, true);
    }

    /** The same, enabled or not. */
    public CredentialFields enabled(boolean now) {
        return new CredentialFields(
                name, email, header, priority, weight, maxConcurrent, dailyQuota, userGap, models, now);
    }
}
