package dev.mehari.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientNetworkTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:db8:1:2::9, 20010db800010002/64",
        "2001:db8:1:2:ffff::1, 20010db800010002/64",
        "::1, 0000000000000000/64",
        "::ffff:192.0.2.1, 192.0.2.1"
    })
    void counts_an_address_of_ipv4_and_a_network_of_ipv6(String address, String network) throws Exception {
        assertThat(ClientNetwork.of(address)).isEqualTo(network);
        assertThat(ClientNetwork.of(InetAddress.getByName(address))).isEqualTo(network);
    }

    @Test
    void asks_nobody_for_names() {
        assertThat(ClientNetwork.of("host.example")).isEqualTo("unknown");
        assertThat(ClientNetwork.of("cafe.example")).isEqualTo("unknown");
        assertThat(ClientNetwork.of("")).isEqualTo("unknown");
        assertThat(ClientNetwork.of((String) null)).isEqualTo("unknown");
    }
}
