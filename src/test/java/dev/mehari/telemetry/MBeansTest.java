package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.FakeViews;
import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class MBeansTest {
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final FakeViews views = new FakeViews();

    @Test
    void shows_the_state_in_documented_attributes_until_closed() throws Exception {
        views.inUse = 3;
        views.open = true;
        var all = new ObjectName("dev.mehari:*");
        var settings = Map.of("proxy.max_concurrent", "100");

        try (var beans = MBeans.register(
                server, "https://api.openai.com", views, views, views, new CallMetrics(() -> 0), () -> settings)) {
            assertThat(beans).isNotNull();
            assertThat(server.queryNames(all, null))
                    .extracting(name -> name.getKeyProperty("type"))
                    .containsExactlyInAnyOrder("Admission", "Upstream", "Calls", "Settings");
            assertThat(get("Admission", "InUse")).isEqualTo(3);
            assertThat(get("Upstream", "CircuitOpen")).isEqualTo(true);
            assertThat(get("Calls", "SuccessRate")).isEqualTo(100.0);
            assertThat(get("Settings", "Values").toString()).contains("proxy.max_concurrent");
            for (ObjectName name : server.queryNames(all, null)) {
                for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                    assertThat(attribute.getDescription())
                            .as("%s %s", name, attribute)
                            .contains(" ");
                }
            }
        }

        assertThat(server.queryNames(all, null)).isEmpty();
    }

    private Object get(String type, String attribute) throws Exception {
        return server.getAttribute(new ObjectName("dev.mehari", "type", type), attribute);
    }
}
