package dev.mehari.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the pool of credentials is kept and used.
 *
 * @param masterKey what seals them; null for the file {@code master-key} in the data folder
 * @param patience how long a call waits for a credential while all that it could use are busy
 * @param userPatience how long a person's message waits for its turn behind others of the same credential
 * @param refreshAhead how long before its end a token is refreshed
 * @param adaptive whether the number of calls at once is learnt for each credential
 * @param ban true disables a credential that is answered 403, until an operator enables it
 */
public record CredentialConfig(
        @Nullable Secret masterKey,
        Duration patience,
        Duration userPatience,
        Duration refreshAhead,
        Adaptive adaptive,
        boolean ban) {
    /** Whether the number of calls at once is learnt. */
    public enum Adaptive {
        OFF,
        /** Learnt and shown, not enforced. */
        OBSERVE,
        ON
    }

    public static CredentialConfig from(Settings settings) {
        return new CredentialConfig(
                settings.optionalSecret(
                        "mehari.credentials.master-key",
                        "what stored credentials are sealed with, the same for all instances; none makes one in the data"
                                + " folder"),
                settings.duration(
                        "mehari.credentials.wait",
                        "10s",
                        Duration.ZERO,
                        "longest wait for a credential while all are busy"),
                settings.duration(
                        "mehari.credentials.user-wait",
                        "60s",
                        Duration.ZERO,
                        "longest wait of a person's message for its turn, where those of a credential keep a gap"),
                settings.duration(
                        "mehari.credentials.refresh-ahead",
                        "5m",
                        Duration.ZERO,
                        "how long before its end a token is refreshed"),
                settings.oneOf(
                        "mehari.credentials.adaptive",
                        Adaptive.class,
                        "off",
                        "learns how many calls at once each credential takes: off, observe or on"),
                settings.flag(
                        "mehari.credentials.ban",
                        false,
                        "disables a credential that is answered 403 until an operator enables it"));
    }
}
