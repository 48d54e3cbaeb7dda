package dev.mehari.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;

/** Finds a free port for servers that cannot tell which one they took when they are asked to take any. */
final class FreePort {
    private FreePort() {}

    /** {@code port}, or a free one when that is 0; somebody else may take it before it is used. */
    static int unlessGiven(int port) {
        if (port != 0) {
            return port;
        }
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no port is free for the management port", e);
        }
    }
}
