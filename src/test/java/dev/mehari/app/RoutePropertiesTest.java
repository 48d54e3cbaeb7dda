package dev.mehari.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.Configuration;
import dev.mehari.config.Settings;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;

class RoutePropertiesTest {
    @Test
    void nobody_is_asked_about_each_step_of_each_call() throws Exception {
        Main main = new Main();
        try {
            new RouteProperties(Configuration.from(Settings.of()), 0, "http://127.0.0.1").applyTo(main);
            main.configure().httpServer().withEnabled(false);

            main.start();

            assertThat(main.getCamelContext().getManagementStrategy().getEventNotifiers())
                    .isEmpty();
        } finally {
            main.stop();
        }
    }
}
