package dev.mehari.credential;

import dev.mehari.caller.AllowList;
import dev.mehari.config.Secret;
import dev.mehari.credential.TokenStore.Grant;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A credential as the declarative file has it. Its text form shows no secret.
 *
 * @param name unique for its upstream, 1 to 100 characters
 * @param email of the account, for people; may be empty
 * @param header name of the header for {@link Credential.Kind#HEADER}, else null
 * @param secret what is sent; null only for {@link Credential.Kind#OAUTH} that has no token yet
 * @param grant how tokens are fetched; null but for {@link Credential.Kind#OAUTH}
 * @param priority 1..100, lower first
 * @param weight 1..1000
 * @param maxConcurrent calls under way on each instance, 0 for no limit
 * @param dailyQuota calls per UTC day, 0 for no limit
 * @param userGap 0 to 60 s
 */
public record DeclaredCredential(
        String name,
        String email,
        Credential.Kind kind,
        @Nullable String header,
        @Nullable Secret secret,
        @Nullable Grant grant,
        int priority,
        int weight,
        int maxConcurrent,
        long dailyQuota,
        Duration userGap,
        AllowList models,
        boolean enabled) {}
