package dev.mehari.app;

import dev.mehari.storage.ServerPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/** Looks for ports before a server takes them; somebody else may take them in between. */
final class FreePort {
    private FreePort() {}

    /** {@code port}, or a free one when that is 0, for a server that cannot tell which one it took. */
    static int unlessGiven(int port, RandomGenerator random) {
        try {
            return port == 0 ? ServerPort.free(random) : port;
        } catch (IOException e) {
            throw new UncheckedIOException("no port is free for the management port", e);
        }
    }

    /**
     * Fails where {@code port} cannot be listened on. Camel would log a start that fails with its whole stack, and the
     * management port's server tells nobody.
     *
     * @param flag names the flag that chooses another port
     */
    static void check(String host, int port, String flag) throws IOException {
        if (port == 0) {
            return;
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address);
        } catch (IOException e) {
            throw new IOException(
                    "Cannot listen on " + host + ":" + port + " (" + e.getMessage() + "): stop what uses the port, or"
                            + " choose another with " + flag,
                    e);
        }
    }
}
