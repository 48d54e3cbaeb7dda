package dev.mehari.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who may administer, and for how long after a login.
 *
 * @param token of the admin API; null for the one in the data folder
 * @param password for logging in; null for the one that was set while running, if any
 * @param sessionIdle longest time between two requests of a session
 * @param sessionMax longest time a session lasts
 */
public record AdminConfig(
        @Nullable Secret token, @Nullable Secret password, Duration sessionIdle, Duration sessionMax) {
    private static final int SHORTEST_TOKEN = 32;
    private static final int SHORTEST_PASSWORD = 12;
    private static final int LONGEST_PASSWORD = 200;

    public static AdminConfig from(Settings settings) {
        AdminConfig config = new AdminConfig(
                settings.optionalSecret(
                        "mehari.admin.token",
                        "token of the admin API, the same for all instances; none makes one in the data folder"),
                settings.optionalSecret(
                        "mehari.admin.password",
                        "password for logging in to the admin API; none leaves it as set with mehari password"),
                settings.duration(
                        "mehari.admin.session-idle",
                        "30m",
                        Duration.ofSeconds(1),
                        "a login ends after this long without a request"),
                settings.duration(
                        "mehari.admin.session-max", "12h", Duration.ofSeconds(1), "a login ends after this long"));
        if (config.token != null && config.token.reveal().length() < SHORTEST_TOKEN) {
            settings.problem("mehari.admin.token must have " + SHORTEST_TOKEN
                    + " characters or more: make one with \"openssl rand -hex 32\"");
        }
        if (config.password != null
                && (config.password.reveal().length() < SHORTEST_PASSWORD
                        || config.password.reveal().length() > LONGEST_PASSWORD)) {
            settings.problem("mehari.admin.password must have " + SHORTEST_PASSWORD + " to " + LONGEST_PASSWORD
                    + " characters: choose another");
        }
        return config;
    }
}
