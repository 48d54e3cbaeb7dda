package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerPortTest {
    @Test
    void a_port_is_free_and_none_that_a_system_hands_out() throws Exception {
        List<ServerSocket> taken = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                int port = ServerPort.free(new SecureRandom());
                assertThat(port).isBetween(20_000, 32_767);
                taken.add(new ServerSocket(port));
            }
        } finally {
            for (ServerSocket one : taken) {
                one.close();
            }
        }
    }
}
