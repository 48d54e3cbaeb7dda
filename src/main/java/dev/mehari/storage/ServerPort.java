package dev.mehari.storage;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/**
 * A free port for a server that is started as a program of its own, some time after the port was chosen. It is none of
 * those that a system hands out by itself (Linux from 32768, macOS and Windows from 49152), or another program could be
 * given it in between.
 */
public final class ServerPort {
    private static final int FIRST = 20_000;
    private static final int BEYOND = 32_768;
    private static final int TRIES = 100;

    private ServerPort() {}

    /**
     * A port on which nobody listens.
     *
     * @throws IOException when as good as all are taken
     */
    public static int free(RandomGenerator random) throws IOException {
        for (int tried = 0; tried < TRIES; tried++) {
            int port = random.nextInt(FIRST, BEYOND);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IOException("of the ports " + FIRST + " to " + (BEYOND - 1) + ", " + TRIES + " tried are taken");
    }

    private static boolean isFree(int port) throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket socket = new ServerSocket(port, 1, here)) {
            return socket.isBound();
        } catch (BindException taken) {
            return false;
        }
    }
}
