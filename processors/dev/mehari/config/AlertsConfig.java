package dev.mehari.config;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * When this instance raises alerts. A level is passed by values above it; 0 is none.
 *
 * @param concurrency permits taken, in percent
 * @param queue requests in the queue
 * @param refusals calls refused in the last minute, in percent
 * @param webhook where alerts are posted; null for nowhere. Its address may hold a secret
 * @param instance how this instance is called in alerts; null for the name of its machine and its port
 */
public record AlertsConfig(
        Levels concurrency,
        Levels queue,
        Levels refusals,
        @Nullable Secret webhook,
        @Nullable String instance) {
    private static final String WEBHOOK = "mehari.alerts.webhook";

    /** The two levels of one value. */
    public record Levels(int warn, int critical) {}

    public static AlertsConfig from(Settings settings) {
        AlertsConfig config = new AlertsConfig(
                new Levels(
                        percent(
                                settings,
                                "concurrency.warn",
                                80,
                                "percent of permits taken above which it warns; 0 for never"),
                        percent(
                                settings,
                                "concurrency.critical",
                                95,
                                "percent of permits taken above which it is critical; 0 for never")),
                new Levels(
                        requests(settings, "queue.warn", 0, "requests in the queue above which it warns; 0 for never"),
                        requests(
                                settings,
                                "queue.critical",
                                50,
                                "requests in the queue above which it is critical; 0 for never")),
                new Levels(
                        percent(
                                settings,
                                "refusals.warn",
                                0,
                                "percent of a minute's calls refused above which it warns; 0 for never"),
                        percent(
                                settings,
                                "refusals.critical",
                                5,
                                "percent of a minute's calls refused above which it is critical; 0 for never")),
                settings.optionalSecret(WEBHOOK, "URL that alerts are posted to as JSON"),
                settings.optionalText(
                        "mehari.alerts.instance",
                        "this instance's name in alerts; none takes the machine's and the port"));
        if (config.webhook != null && !isHttp(config.webhook.reveal())) {
            settings.problem(WEBHOOK + ": write a whole URL such as https://hooks.example.com/alerts");
        }
        return config;
    }

    private static int percent(Settings settings, String name, int usual, String description) {
        return settings.integer("mehari.alerts." + name, usual, 0, 100, description);
    }

    private static int requests(Settings settings, String name, int usual, String description) {
        return settings.integer("mehari.alerts." + name, usual, 0, 1_000_000, description);
    }

    private static boolean isHttp(String text) {
        try {
            URI uri = new URI(text);
            return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (URISyntaxException none) {
            return false;
        }
    }
}
