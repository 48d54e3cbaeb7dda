package dev.mehari.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.Configuration;
import dev.mehari.config.Settings;
import java.security.SecureRandom;
import org.apache.camel.main.Main;
import org.apache.camel.spi.EventNotifier;
import org.junit.jupiter.api.Test;

class StepsMainTest {
    @Test
    void nobody_is_asked_at_each_step_of_each_call() throws Exception {
        assertThat(notifiersOf(new Main())).isNotEmpty();
        assertThat(notifiersOf(new StepsMain())).isEmpty();
    }

    private static Iterable<EventNotifier> notifiersOf(Main main) throws Exception {
        try {
            int port = FreePort.unlessGiven(0, new SecureRandom());
            new RouteProperties(Configuration.from(Settings.of()), port, "http://127.0.0.1").applyTo(main);
            main.start();
            return main.getCamelContext().getManagementStrategy().getEventNotifiers().stream()
                    .toList();
        } finally {
            main.stop();
        }
    }
}
