package dev.mehari.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.AuditConfig.Client;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientAddressTest {
    private static final List<String> PROXIES = List.of("10.0.0.0/8", "fd00::/8");

    @Test
    void shows_as_much_as_the_rule_says() throws Exception {
        assertThat(of(Client.FULL, "192.0.2.77", null)).isEqualTo("192.0.2.77");
        assertThat(of(Client.TRUNCATED, "192.0.2.77", null)).isEqualTo("192.0.2.0/24");
        assertThat(of(Client.TRUNCATED, "2001:db8:1:2::3", null)).isEqualTo("2001:db8:1:0:0:0:0:0/48");
        assertThat(of(Client.NONE, "192.0.2.77", null)).isNull();
    }

    @Test
    void believes_trusted_proxies_only() throws Exception {
        assertThat(of(Client.FULL, "192.0.2.77", "198.51.100.1")).isEqualTo("192.0.2.77");
        assertThat(of(Client.FULL, "10.1.2.3", "203.0.113.9, 198.51.100.1, 10.9.9.9"))
                .as("the last that is no trusted proxy, for those before it are what it says")
                .isEqualTo("198.51.100.1");
        assertThat(of(Client.FULL, "fd00::1", List.of("203.0.113.9", "198.51.100.1")))
                .isEqualTo("198.51.100.1");
        assertThat(of(Client.FULL, "10.1.2.3", "10.4.4.4")).isEqualTo("10.4.4.4");
        assertThat(of(Client.FULL, "10.1.2.3", "localhost")).isEqualTo("10.1.2.3");
        assertThat(of(Client.FULL, "10.1.2.3", null)).isEqualTo("10.1.2.3");
    }

    private static String of(Client shown, String peer, Object forwarded) throws Exception {
        return new ClientAddress(shown, PROXIES).of(InetAddress.getByName(peer), name -> forwarded);
    }
}
