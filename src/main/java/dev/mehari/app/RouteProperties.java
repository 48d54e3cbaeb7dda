package dev.mehari.app;

import dev.mehari.config.Configuration;
import dev.mehari.config.TimeoutConfig;
import java.time.Duration;
import org.apache.camel.ManagementStatisticsLevel;
import org.apache.camel.main.Main;

/** How Camel itself is set up, and the values behind the placeholders in the routes. */
record RouteProperties(Configuration configuration, String upstreamBase) {
    void applyTo(Main main) {
        main.configure()
                .withName("mehari")
                // LiveRoutes brings them.
                .withRoutesIncludePattern("false")
                // Counting each step of each route in JMX would cost as much as the relay itself.
                .withJmxManagementStatisticsLevel(ManagementStatisticsLevel.Off)
                .withStreamCachingEnabled(false)
                .withShutdownTimeout(5)
                .withShutdownSuppressLoggingOnTimeout(true)
                .withUseMdcLogging(false);
        main.addInitialProperty("camel.main.uuidGenerator", "simple");
        main.addInitialProperty("camel.main.startupSummaryLevel", "Off");
        main.addInitialProperty("camel.main.shutdownNowOnTimeout", "true");
        // To wait for a name that nobody listens to would hold an event loop, and all calls on it, for half a minute.
        main.addInitialProperty("camel.component.direct.block", "false");
        put(main, "mehari.listen.host", configuration.listen().host());
        put(main, "mehari.listen.port", configuration.listen().port());
        put(main, "mehari.breaker.threshold", configuration.breaker().threshold());
        put(
                main,
                "mehari.breaker.wait-seconds",
                Math.max(1, configuration.breaker().openFor().toSeconds()));
        put(main, "mehari.upstream.base-url", upstreamBase);
        TimeoutConfig timeouts = configuration.timeouts();
        put(main, "mehari.upstream.connect-timeout-ms", timeouts.connect().toMillis());
        put(main, "mehari.upstream.first-byte-timeout-ms", timeouts.firstByte().toMillis());
        put(main, "mehari.upstream.idle-timeout-ms", timeouts.idle().toMillis());
        Duration total = timeouts.total();
        put(main, "mehari.upstream.total-timeout-ms", total == null ? 0 : total.toMillis());
    }

    private static void put(Main main, String key, Object value) {
        main.addInitialProperty(key, value.toString());
    }
}
